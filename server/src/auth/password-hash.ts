/** Whether the text has the form `$argon2id$v=…$m=…,t=…,p=…$salt$hash`. */
export function isPasswordHash(text: string): boolean {
  return /^\$argon2id\$v=\d+\$(?:[mtp]=\d+,?){3}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/.test(text);
}
