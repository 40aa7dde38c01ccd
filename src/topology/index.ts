export { type Fault, FileError } from './fileError.ts'
export { readTopology } from './read.ts'
export { jsonSchema, type Login, type Topology, topology } from './schema.ts'
