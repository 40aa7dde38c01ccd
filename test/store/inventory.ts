import type { NewCluster } from '../../src/operations/index.ts'
import { Secret } from '../../src/quote.ts'
import type { Package, Store } from '../../src/store/index.ts'
import { testOperations } from './operations.ts'

export const creator = { id: 100, name: 'admin' } as const

export const sampleRpm = 'oceanbase-2.2.73-20201211175814.el7.x86_64.rpm'

const proxyHome = '/opt/taobao/install/obproxy'
const observer = '/home/admin/oceanbase/bin/observer'

/** A package as an upload leaves it. */
export const packageNamed = (fileName: string): Omit<Package, 'id' | 'createTime'> => {
  const [, name, version, buildNumber, operatingSystem, architecture] =
    /^(.+)-([^-]+)-([^-.]+)\.(\w+)\.(\w+)\.rpm$/.exec(fileName) ?? []
  if (!name || !version || !buildNumber || !operatingSystem || !architecture)
    throw new Error(`not a package name: ${fileName}`)
  return {
    name,
    version,
    buildNumber,
    operatingSystem,
    architecture,
    fileName,
    release: `${buildNumber}.${operatingSystem}`,
    path: `/packages/${fileName}`,
    size: 1024,
    sha1: '1'.repeat(40),
    sha256: '2'.repeat(64),
    type: name.startsWith('obproxy') ? 'OBPROXY_INSTALL_PACKAGE' : 'OB_SERVER_INSTALL_PACKAGE',
    requires: [],
    provides: [],
    programs: [name.startsWith('obproxy') ? `${proxyHome}-${version}/bin/obproxy` : observer],
    uploaderId: 100,
    byAdmin: true,
  }
}

/** Region hangzhou with the IDC hz2, a credential, and hosts 1…n there, prepared. */
export async function addHosts(store: Store, count: number): Promise<number[]> {
  await store.regions.create({ name: 'hangzhou' })
  await store.idcs.create({ name: 'hz2', regionId: 1 })
  const passphrase = new Secret('host-passphrase')
  await store.credentials.create({
    name: 'root',
    targetType: 'HOST',
    type: 'PASSWORD',
    username: 'root',
    passphrase,
    owner: creator,
  })
  return addMoreHosts(store, { count, idcId: 1 })
}

export async function addMoreHosts(
  store: Store,
  { count, idcId, network = '10.0' }: { count: number; idcId: number; network?: string },
) {
  const hosts = Array.from({ length: count }, (_, index) => ({
    innerIpAddress: `${network}.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  }))
  const { hostIds } = await testOperations(store).acceptHosts({
    hosts,
    sshPort: 22,
    kind: 'DEDICATED_PHYSICAL_MACHINE',
    idcId,
    credentialId: 1,
    creator,
  })
  for (const id of hostIds) {
    await store.hosts.setFacts(id, { architecture: 'x86_64' })
    await store.hosts.setStatus(id, 'AVAILABLE')
  }
  return [...hostIds]
}

/** The sample's cluster over the hosts given, one zone a list. */
export const newCluster = (change: Partial<NewCluster> = {}): NewCluster => ({
  name: 'terran',
  type: 'PRIMARY',
  rpmName: sampleRpm,
  password: new Secret('root-password'),
  primaryZone: '',
  sqlPort: 2881,
  rpcPort: 2882,
  installPath: '/home/admin/oceanbase',
  dataPath: '/data/1',
  logPath: '/data/log1',
  osUser: 'admin',
  startupParameters: [],
  obproxyClusterIds: [],
  zones: [{ name: 'zone1', idcName: 'hz2', servers: [1] }],
  ...change,
})
