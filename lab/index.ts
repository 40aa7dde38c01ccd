export { createLab, type Lab, type LabOptions } from './hosts/createLab.ts'
export type { LabUsers } from './hosts/credentials.ts'
export type { FaultArguments, FaultKind, ObserverFaults } from './hosts/faults.ts'
export type { LabHost } from './hosts/host.ts'
export { LabError } from './hosts/machine.ts'
export type { Outcome } from './hosts/run.ts'
export { type HostSnapshot, snapshot } from './hosts/snapshot.ts'
export {
  type BuiltPackage,
  buildPackages,
  catalog,
  fileNameOf,
  type LabPackage,
} from './packages/index.ts'
