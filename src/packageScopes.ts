import { registerHooks } from 'node:module'

// Imported alone, before what it is about. Node parses the package.json of each module's package to
// learn whether it is ESM; drizzle-orm's has 180 KB and it 200 modules: half of a program's start.

const place = '/node_modules/drizzle-orm/'

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context
    // Its package.json says "type": "module", and its modules name each other with their suffix.
    if (parentURL?.includes(place) && /^\.\.?\/.*\.js$/.test(specifier))
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    return next(specifier, context)
  },
})
