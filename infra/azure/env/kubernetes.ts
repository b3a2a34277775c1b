import type { SettingLine } from './settings.ts'

const howToMakeTheKey = '<the output of: openssl genpkey -algorithm ed25519>'

/**
 * The Secret that the manifests in infra/container/kubernetes mount as files. It has the key that signs the audit trail,
 * too, which no tenant knows of.
 */
export function secretManifest(settings: readonly SettingLine[]): string {
  const files = settings.flatMap(({ key, value }) => (key === undefined ? [] : [{ key, value }]))
  return [
    '# What is between < and > is refused by the application: put the secrets in its place, and keep this out of any repository.',
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    '  name: gatehouse',
    'stringData:',
    // A text of JSON is one of YAML, too.
    ...[...files, { key: 'audit-signing-key', value: howToMakeTheKey }].map(
      ({ key, value }) => `  ${key}: ${JSON.stringify(value)}`,
    ),
    '',
  ].join('\n')
}

/** The settings that are no secrets: the `settings.env` of an overlay, of which Kustomize makes the ConfigMap. */
export const configMapSettings = (settings: readonly SettingLine[]): string =>
  settings
    .filter(({ key }) => key === undefined)
    // Kustomize takes what stands behind the = as it is, quotes too.
    .map(({ name, value }) => `${name}=${name === 'GATES_FILE' ? '/etc/gatehouse/gates.json' : value}\n`)
    .join('')
