export { type BuiltPackage, buildPackages } from './build.ts'
export { catalog, type LabPackage } from './catalog.ts'
