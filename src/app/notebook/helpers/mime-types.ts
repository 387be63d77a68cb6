/** @file MIME types of our own, which the runner reads from outputs. */

/** `{ name, measured, threshold, pass }` of a `check`. */
export const checkMime = "application/vnd.grandmodel.check+json";

/** `{ where, message }` of an exception that no cell awaited. */
export const faultMime = "application/vnd.grandmodel.fault+json";
