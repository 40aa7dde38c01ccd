import { registerHooks } from 'node:module'

// Imported alone, before what it is about. Node parses the package.json of each module's package to
// learn whether it is ESM, and again for each import by the package's name; that of drizzle-orm has
// 180 KB, and a start needs 200 of its modules and names it 60 times.

type Resolved = ReturnType<NonNullable<Parameters<typeof registerHooks>[0]['resolve']>>

const place = '/node_modules/drizzle-orm/'
const name = /^(@[\w.-]+\/)?[a-z][\w.-]*(\/|$)/
/** What a package's name stands for in obflow's own modules, which are all in one package. */
const named = new Map<string, Resolved>()

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL, conditions } = context
    // Its package.json says "type": "module", and its modules name each other with their suffix.
    if (parentURL?.includes(place) && /^\.\.?\/.*\.js$/.test(specifier))
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    const ours = parentURL !== undefined && !parentURL.includes('/node_modules/')
    if (!ours || !conditions.includes('import') || !name.test(specifier))
      return next(specifier, context)
    const known = named.get(specifier)
    if (known !== undefined) return { ...known, shortCircuit: true }
    const resolved = next(specifier, context)
    named.set(specifier, resolved)
    return resolved
  },
})
