export { type BuiltPackage, buildPackages } from './build.ts'
export { catalog } from './catalog.ts'
export { type Content, fileNameOf, type LabPackage } from './labPackage.ts'
