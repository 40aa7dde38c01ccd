/** A package that the lab builds and installs as a user would the real one. */
export interface LabPackage {
  readonly name: string
  readonly version: string
  /** As OceanBase writes it: build time, then the system it is for. */
  readonly release: string
  readonly summary: string
  readonly license: string
  readonly url: string
  /** Where it installs unless `rpm --prefix` says otherwise; none for what cannot be moved. */
  readonly prefix?: string
  /** The folder that the contents are relative to, when it is not the prefix. */
  readonly root?: string
  /** Whether the package has that folder itself, and takes it along. */
  readonly ownsRoot?: boolean
  readonly contents: readonly Content[]
  /** What lies at fixed paths, whatever the prefix: `at` is absolute. Owned by root. */
  readonly fixed?: readonly Content[]
  /** What the header says that it needs. */
  readonly requires?: readonly string[]
  /** What the header says that it is good for, its own name apart. */
  readonly provides?: readonly string[]
  /** Shell that rpm runs as root; `$1` counts the instances that will be there. */
  readonly scripts?: Partial<Record<'pre' | 'post' | 'preun' | 'postun', string>>
  /** Whether it lists its files alone, root's: rpm makes their folders, which are nobody's. */
  readonly rootsFiles?: boolean
  /** Built when a test asks for it, and not with all others. */
  readonly onDemand?: boolean
}

/** Something below the package's root, or at a fixed path. */
export type Content =
  /** A folder of lab/, with the folders its programs import, as `<at>/<room>/…`. */
  | { readonly kind: 'programs'; readonly room: string; readonly at: string }
  /** What lies in a folder of lab/, as it stands; nothing when the folder is missing. */
  | { readonly kind: 'tree'; readonly from: string; readonly at: string }
  /**
   * A bash launcher that runs one of the programs with the lab's Node, under its own path as the
   * process name. It starts as little as the real one without the libraries that it loads.
   */
  | {
      readonly kind: 'launcher'
      readonly at: string
      readonly program: string
      readonly loads?: readonly string[]
    }
  /** A library of the kernel's wheel. */
  | { readonly kind: 'library'; readonly at: string; readonly file: string }
  | { readonly kind: 'kernel'; readonly at: string }
  | { readonly kind: 'text'; readonly at: string; readonly text: string; readonly mode?: number }
  | { readonly kind: 'link'; readonly at: string; readonly to: string }
  | { readonly kind: 'folder'; readonly at: string }

/** The licence that OceanBase publishes under. */
export const mulan = 'Mulan PubL v2'

/** As rpm names its file: `oceanbase-2.2.73-20201211175814.el7.x86_64.rpm`. */
export function fileNameOf(item: LabPackage, arch: string): string {
  return `${item.name}-${item.version}-${item.release}.${arch}.rpm`
}
