import { registerHooks } from 'node:module'

// Imported alone, before what it is about. Node parses the package.json of each module's package to
// learn whether it is ESM; that of drizzle-orm has 180 KB, and 200 modules need it at a start.

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
