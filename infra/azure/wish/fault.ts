/** A fault of tenant.json. `wrong` follows the path in a sentence; the path is empty where the whole file is meant. */
export type WishFault = { path: string; wrong: string; example?: string | undefined }

/** The fault as a line for whoever wrote the file. */
export const lineOfFault = ({ path, wrong, example }: WishFault): string =>
  `${path || 'tenant.json'}: ${wrong}${example === undefined ? '' : `, e.g. ${example}`}`

/** `gates[0].activation.hours` */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
