export type { Container } from './container.ts'
export { type Project, type ProjectOptions, startProject } from './project.ts'
