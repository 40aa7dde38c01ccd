const isIpv4 = (text: string): boolean =>
  /^(\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every((part) => Number(part) < 256)

/** The addresses of a pasted text: a line of a file may say more after the address. */
export function addressesOf(text: string): { readonly good: string[]; readonly bad: string[] } {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const good = [...new Set(words.filter(isIpv4))]
  return { good, bad: words.filter((word) => !isIpv4(word)) }
}
