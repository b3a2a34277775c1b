/** Names of resources in Terraform: letters, digits and `_`. */
const labelOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '_')
    .replace(/^_|_$/g, '')
    .replace(/^(?![a-z])/, 'x_')

/**
 * Names what tenant.json names, each by a label of its own: two texts that come out alike get a number. The same text
 * has the same label every time.
 */
export function createLabels() {
  const labels = new Map<string, string>()
  return function label(text: string): string {
    const known = labels.get(text)
    if (known !== undefined) return known
    const plain = labelOf(text)
    const taken = [...labels.values()]
    let own = plain
    for (let number = 2; taken.includes(own); number++) own = `${plain}_${number}`
    labels.set(text, own)
    return own
  }
}
