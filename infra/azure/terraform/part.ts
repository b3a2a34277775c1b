type Blocks = Record<string, Record<string, object>>

/** A part of a configuration: its blocks by type and label. */
export type Part = { data?: Blocks; resource?: Blocks; output?: Record<string, object> }

/** An expression, which Terraform works out. */
export const expression = (text: string): string => `\${${text}}`

/** A text as it is: Terraform would read what begins like an expression as one. */
export const literal = (text: string): string => text.replace(/[$%](?=\{)/g, '$&$&')

/** All parts as one. Throws where two name one block: a fault of this program. */
export function merged(parts: readonly Part[]): Part {
  const whole = { data: {}, resource: {}, output: {} } satisfies Required<Part>
  for (const part of parts) {
    for (const kind of ['data', 'resource'] as const)
      for (const [type, blocks] of Object.entries(part[kind] ?? {}))
        for (const [label, block] of Object.entries(blocks)) put(typed(whole[kind], type), label, block)
    for (const [name, output] of Object.entries(part.output ?? {})) put(whole.output, name, output)
  }
  return Object.fromEntries(Object.entries(whole).filter(([, blocks]) => Object.keys(blocks).length > 0))
}

const typed = (blocks: Blocks, type: string): Record<string, object> => {
  blocks[type] ??= {}
  return blocks[type]
}

function put(into: Record<string, object>, name: string, block: object): void {
  if (name in into) throw new Error(`two blocks are called ${name}`)
  into[name] = block
}
