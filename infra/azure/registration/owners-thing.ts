import type { User } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'

/** The owners of the registration, who may change it without a role. Whoever made it is one already. */
export function ownersThing({ graph, wish }: Given): Thing {
  const wished = wish.owners

  async function owners(known: Known): Promise<{ id: string; name: string }[]> {
    const rows = await graph.list<User>(`/applications/${known.application?.id}/owners`)
    return rows.map(({ id = '', userPrincipalName, displayName }) => {
      const asked = [...known.people].find(([, person]) => person === id)?.[0]
      return { id, name: asked ?? userPrincipalName ?? displayName ?? id }
    })
  }

  return {
    object: `owners of the registration ${wish.name}`,
    async read(known) {
      if (!known.application) return undefined
      return (await owners(known)).map(({ name }) => name).toSorted()
    },
    after: (_known, before) => [...new Set([...((before as string[] | undefined) ?? []), ...wished])].toSorted(),
    async write(known) {
      const present = await owners(known)
      for (const name of wished) {
        const id = known.people.get(name)
        if (present.some(each => each.id === id)) continue
        await graph.create({
          path: `/applications/${known.application?.id}/owners/$ref`,
          body: { '@odata.id': `${graph.base}/directoryObjects/${id}` },
          find: async () => (await owners(known)).find(each => each.id === id),
          isUnique: true,
        })
      }
    },
    leaves: (_known, before) =>
      (before as string[])
        .filter(name => !wished.includes(name))
        .map(name => `${name} owns the registration ${wish.name}`),
  }
}
