export { type BuiltPackage, buildPackages } from './build.ts'
export { catalog } from './catalog.ts'
export type { Content, LabPackage } from './labPackage.ts'
