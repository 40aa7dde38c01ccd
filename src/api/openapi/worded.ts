import { type Call, type Calls, keyOf } from '../http/call.ts'
import { wordsFor } from './words.ts'

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const nodesIn = (value: unknown): [string, Node][] =>
  isNode(value)
    ? Object.entries(value).filter((entry): entry is [string, Node] => isNode(entry[1]))
    : []

/**
 * Adds description and example to a schema or a parameter that has none. A reference takes them in
 * an allOf, as OpenAPI 3.0 wants.
 */
function describe(node: Node, place: string, name: string, schema: Node = node): void {
  const words = wordsFor(place, name)
  if (words === undefined || typeof node.description === 'string') return
  const [text, value] = typeof words === 'string' ? [words] : words
  if (typeof node.$ref === 'string') {
    node.allOf = [{ $ref: node.$ref }]
    delete node.$ref
  }
  node.description = text
  const fits =
    typeof value === schema.type || (typeof value === 'number' && schema.type === 'integer')
  const list = Array.isArray(value) && schema.type === 'array'
  if (value !== undefined && schema.enum === undefined && (fits || list)) node.example = value
}

/**
 * Describes the fields of a schema; those of a field's own object have that field as their place.
 */
function describeFields(schema: unknown, place: string): void {
  if (!isNode(schema)) return
  for (const [name, field] of nodesIn(schema.properties)) {
    describeFields(field, name)
    describe(field, place, name)
  }
  for (const part of [schema.items, schema.additionalProperties]) describeFields(part, place)
  for (const parts of [schema.anyOf, schema.allOf, schema.oneOf]) {
    if (Array.isArray(parts)) for (const part of parts) describeFields(part, place)
  }
}

const schemasIn = (message: Node): unknown[] =>
  nodesIn(message.content).map(([, { schema }]) => schema)

/** The place of a reply's own fields, outside of any schema with a name. */
const reply = 'reply'

/** The path of one of several that lead to a resource, as its parameter `id` is explained. */
const idOf: readonly (readonly [path: RegExp, text: string])[] = [
  [/\/tasks\//, 'Id of the task.'],
  [/\/obproxy\//, 'Id of the OBProxy cluster.'],
  [/\/clusters\//, "OCP's id of the cluster, not the one inside OceanBase."],
  [/\/hosts\//, 'Id of the host.'],
  [/\/regions\//, 'Id of the region.'],
  [/\/idcs\//, 'Id of the IDC.'],
  [/\/hostTypes\//, 'Id of the host type.'],
  [/\/users\//, 'Id of the user.'],
  [/\/credentials\//, 'Id of the credential.'],
  [/\/software-packages\//, 'Id of the package.'],
]

function describeOperation(operation: Node, path: string, call: Call): void {
  const { id, summary, description } = call
  const texts = [description, operation.description].filter((text) => typeof text === 'string')
  Object.assign(operation, {
    operationId: id,
    summary,
    ...(texts.length > 0 && { description: texts.join('\n\n') }),
  })
  for (const parameter of Array.isArray(operation.parameters) ? operation.parameters : []) {
    if (!isNode(parameter) || typeof parameter.name !== 'string') continue
    const text =
      parameter.in === 'path' && parameter.name === 'id' && idOf.find(([of]) => of.test(path))?.[1]
    if (text) parameter.description = text
    describe(parameter, id, parameter.name, isNode(parameter.schema) ? { ...parameter.schema } : {})
  }
  if (isNode(operation.requestBody))
    for (const schema of schemasIn(operation.requestBody)) describeFields(schema, id)
  for (const [status, response] of nodesIn(operation.responses)) {
    if (response.description === 'Default Response')
      response.description = status.startsWith('2') ? 'OK' : 'An error'
    for (const schema of schemasIn(response)) describeFields(schema, reply)
  }
}

/**
 * The document with ids, summaries, descriptions and examples for all that has none of its own. It
 * is changed in place.
 */
export function worded<Document extends object>(document: Document, calls: Calls): Document {
  if (!isNode(document)) return document
  const schemas = isNode(document.components) ? document.components.schemas : {}
  for (const [name, schema] of nodesIn(schemas)) describeFields(schema, name)
  for (const [path, methods] of nodesIn(document.paths)) {
    // A method list of one route shares one object.
    for (const [method, shared] of nodesIn(methods)) {
      const operation = structuredClone(shared)
      const call = calls.get(keyOf(method.toUpperCase(), path))
      if (call) describeOperation(operation, path, call)
      methods[method] = operation
    }
  }
  return document
}
