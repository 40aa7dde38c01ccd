import type { ClusterSpec } from '../cluster.ts'
import { lineOf } from '../versions.ts'

/** Where everything of a cluster lives on a host. All paths are absolute. */
export interface Layout {
  /** OceanBase's home, the package's prefix. */
  readonly home: string
  readonly observer: string
  readonly obAdmin: string
  readonly library: string
  readonly etc: string
  readonly run: string
  readonly log: string
  readonly pidFile: string
  readonly observerLog: string
  readonly ioResource: string
  /** `<home>/store/<cluster>`: links to what really lies on the data and the redo disk. */
  readonly store: string
  readonly dataRoot: string
  readonly redoRoot: string
  /**
   * Every directory that has to be there, parents before children, without those the package
   * brings.
   */
  readonly directories: readonly string[]
  readonly links: readonly { readonly path: string; readonly target: string }[]
  /** `config_additional_dir`. */
  readonly configCopies: readonly string[]
  /**
   * Roots that belong to this cluster alone; each is marked by a file that names the task which
   * made it.
   */
  readonly ownRoots: readonly string[]
}

/**
 * Name of the mark in each own root: its content is the id of the task that made the directory.
 * Only what is marked is ever removed.
 */
export const markerName = '.obflow-task'

/**
 * The layout of OCP and of the manual deployment (oceanbase-doc, "Deploy manually");
 * sub-directories by version line.
 */
export const layoutOf = ({
  name,
  version,
  paths,
}: Pick<ClusterSpec, 'name' | 'version' | 'paths'>): Layout => {
  const line = lineOf(version)
  const home = paths.install
  const store = `${home}/store/${name}`
  const dataRoot = `${paths.data}/${name}`
  const redoRoot = `${paths.log}/${name}`
  const linked = [
    ...line.dataDirectories.map((directory) => ({
      path: `${store}/${directory}`,
      target: `${dataRoot}/${directory}`,
    })),
    ...line.redoDirectories.map((directory) => ({
      path: `${store}/${directory}`,
      target: `${redoRoot}/${directory}`,
    })),
  ]
  return {
    home,
    observer: `${home}/bin/observer`,
    obAdmin: `${home}/bin/ob_admin`,
    library: `${home}/lib`,
    etc: `${home}/etc`,
    run: `${home}/run`,
    log: `${home}/log`,
    pidFile: `${home}/run/observer.pid`,
    observerLog: `${home}/log/observer.log`,
    ioResource: `${home}/etc/io_resource.conf`,
    store,
    dataRoot,
    redoRoot,
    directories: [
      `${home}/etc`,
      `${home}/run`,
      `${home}/log`,
      store,
      dataRoot,
      redoRoot,
      ...linked.map(({ target }) => target),
    ],
    links: linked,
    configCopies: [
      `${dataRoot}/${line.configCopies.data}`,
      `${redoRoot}/${line.configCopies.redo}`,
    ],
    ownRoots: [store, dataRoot, redoRoot],
  }
}
