/** Limits of what the server takes. */

/** Longest name of a service in a command; characters. */
export const SERVICE_NAME_MAX = 200;
