import type { LabPackage } from './labPackage.ts'

/** Where a package's contents lie. */
export function rootOf({ name, root, prefix }: LabPackage): string {
  const at = root ?? prefix
  if (at === undefined) throw new Error(`${name} has contents and neither root nor prefix`)
  return at
}

/** Without its root, what lies directly in it. */
const below = (item: LabPackage): readonly string[] => {
  const root = rootOf(item)
  if (item.rootsFiles) return item.contents.map(({ at }) => `${root}/${at}`)
  if (item.ownsRoot ?? true) return [root]
  return [...new Set(item.contents.map(({ at }) => `${root}/${at.split('/')[0]}`))]
}

/** The lines of %files; a folder stands for all that lies below it. */
const listed = (item: LabPackage): string[] => [
  ...(item.contents.length > 0
    ? [`%defattr(-,${item.rootsFiles ? 'root,root,0777' : 'admin,admin,-'})`, ...below(item)]
    : []),
  ...(item.fixed?.length ? ['%defattr(-,root,root,-)', ...item.fixed.map(({ at }) => at)] : []),
]

const scripts = (item: LabPackage): string =>
  Object.entries(item.scripts ?? {})
    .map(([when, shell]) => `\n%${when}\n${shell.trim()}\n`)
    .join('')

/**
 * The spec of a package whose files already lie in the build root. Owned by admin by name: on a
 * host without that user rpm warns and gives the files to root, as with the real packages
 * (oceanbase issue 46). Nothing is stripped, scanned for requirements or rewritten.
 */
export function specOf(item: LabPackage): string {
  return `%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global _buildhost obflow-lab
%global _binary_payload w1.zstdio
Name: ${item.name}
Version: ${item.version}
Release: ${item.release}
Summary: ${item.summary}
License: ${item.license}
URL: ${item.url}
Vendor: OceanBase Inc.
Group: alibaba/application
${item.prefix === undefined ? '' : `Prefix: ${item.prefix}\n`}${(item.requires ?? []).map((need) => `Requires: ${need}\n`).join('')}${(item.provides ?? []).map((what) => `Provides: ${what}\n`).join('')}AutoReqProv: no

%description
${item.summary}. It belongs to a test lab and is no substitute for the product of that name.
${scripts(item)}
%files
${listed(item).join('\n')}
`
}
