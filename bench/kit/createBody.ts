import { sampleRpm } from '../../test/store/inventory.ts'

/** What is posted for a cluster of one host, as `addHosts` adds it. */
export const createBody = (name: string, hostId: number) => ({
  type: 'PRIMARY',
  name,
  password: 'Aa1_aaaaaaaa',
  primaryZone: '',
  rpmName: sampleRpm,
  zones: [{ name: 'zone1', idcName: 'hz2', servers: [hostId] }],
})
