import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export type Manifest = { apiVersion: string; kind: string }

/**
 * What TypeScript has to say of manifests as values of Kubernetes' types: a field that does not exist, is of the wrong
 * type or is missing. One line each, beginning with the path. At run time nothing else refuses an unknown field.
 */
export async function typeFaults(manifests: Record<string, Manifest>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-manifests-'))
  try {
    const paths = Object.keys(manifests).toSorted()
    for (const [index, path] of paths.entries())
      writeFileSync(join(folder, `manifest-${index}.ts`), typed(manifests[path] as Manifest))
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }))
    const said = await compile(folder)
    return paths.flatMap((path, index) =>
      said
        .filter(line => line.startsWith(`manifest-${index}.ts`))
        .map(line => `${path}: ${line.replace(/^.*?: /, '')}`),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const options = {
  target: 'es2024',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
}

const typed = (manifest: Manifest) =>
  `import type { I${manifest.kind} } from '${moduleOf(manifest)}'\nexport const manifest: I${manifest.kind} = ${JSON.stringify(manifest)}\n`

function moduleOf({ apiVersion, kind }: Manifest): string {
  const home = apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models'
  return `${home}/${apiVersion}/${kind}`
}

const compile = (folder: string) =>
  new Promise<string[]>((done, failed) => {
    const args = [resolve('node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', folder]
    execFile(process.execPath, args, { cwd: folder }, (error, stdout) => {
      // 2: there are faults, and they are what was asked for.
      if (error && ![1, 2].includes(Number(error.code))) return failed(error)
      done(stdout.split('\n').filter(line => /^manifest-\d+\.ts/.test(line)))
    })
  })
