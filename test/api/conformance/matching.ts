/**
 * Of calls such as `GET /a/{id}` the one that a method and a path, with or without a query, are: of
 * two that fit the one with fewer parameters.
 */
export function matching(
  calls: Iterable<string>,
  method: string,
  path: string,
): string | undefined {
  const [asked = ''] = path.split('?')
  return [...calls]
    .filter((call) =>
      new RegExp(`^${call.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(
        `${method} ${asked}`,
      ),
    )
    .toSorted((one, other) => one.split('{').length - other.split('{').length)[0]
}
