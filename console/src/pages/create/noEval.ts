import { config } from 'zod'

// The page's policy forbids code that is made at run time; zod would try some.
config({ jitless: true })
