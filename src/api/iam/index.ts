export { profile } from './profile.ts'
export { users } from './users.ts'
