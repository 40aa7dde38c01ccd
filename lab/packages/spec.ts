import type { LabPackage } from './catalog.ts'

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
Prefix: ${item.prefix}
AutoReqProv: no

%description
${item.summary}. It belongs to a test lab and is no substitute for the product of that name.

%files
%defattr(-,admin,admin,-)
${item.prefix}
`
}
