/** @file MIME types of our own, which the runner reads from outputs. */

/** `{ name, measured, threshold, pass }` of a `check`. */
export const checkMime = "application/vnd.grandmodel.check+json";

/** A call heard Stop and ends after the step in progress. */
export const stopMime = "application/vnd.grandmodel.stop+json";

/** `{ where, message }` of an exception that no cell awaited. */
export const faultMime = "application/vnd.grandmodel.fault+json";
