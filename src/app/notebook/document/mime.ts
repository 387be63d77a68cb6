/** @file Which MIME types hold JSON, text in lines, or base64: the three ways in which a notebook file stores them. */

/** How the value of a MIME type lies in a file. */
export type MimeStorage = "json" | "lines" | "base64";

/** `application/json` and `+json` are values, text and SVG lie in lines, everything else is base64 without breaks. */
export function mimeStorage(type: string): MimeStorage {
  if (type === "application/json" || type.endsWith("+json")) return "json";
  const textual = type.startsWith("text/") || type.endsWith("+xml") || type === "application/javascript";
  return textual ? "lines" : "base64";
}
