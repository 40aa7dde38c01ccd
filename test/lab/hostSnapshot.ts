export { type HostSnapshot, snapshot } from '../../lab/index.ts'
