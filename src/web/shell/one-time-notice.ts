import type { Request } from 'express'
import { z } from 'zod'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import { fingerprint, type Seal } from '../../session/sealing/seal.ts'

/** What a page says once after a form was sent: what was done, and what can be done next. */
export type OneTimeNotice = {
  text: string
  /** A second sentence: "You can undo this from 13:09 UTC." */
  more?: string
  /** 'attention' where not all went well. */
  tone?: 'done' | 'attention'
  links?: readonly { label: string; href: string }[]
}

const noticeShape = z.object({
  text: z.string(),
  more: z.string().exactOptional(),
  tone: z.enum(['done', 'attention']).exactOptional(),
  links: z.array(z.object({ label: z.string(), href: z.string() })).exactOptional(),
})
const sealedShape = z.object({ notice: noticeShape, at: z.int() })

const parameter = 'notice'
/** A page shows a notice for this long: enough for a slow way back, too short for a tab that is restored. */
const youngMs = 60_000
/** An address has to stay short enough for every proxy on the way. */
const longestText = 300

/** What seals notices, and says how old they are. */
export type NoticeNeeds = { seal: Pick<Seal, 'open' | 'close'>; clock: Clock }
type OfSession = Pick<Request, 'sessionID'>

/**
 * Notices travel sealed in the address that a form leads to, for one session and one path, and are shown while they are
 * young. So nothing is kept: to look at a page spends nothing, whether a person looks or a browser ahead of time; each tab
 * has its own; every replica can read it; and Redis is not asked.
 */
export function createOneTimeNotices({ seal, clock }: NoticeNeeds) {
  const placeOf = ({ sessionID }: OfSession, path: string) => `notice:${fingerprint(sessionID)}:${path}`

  return {
    /** The path with the notice that the page there shows. Texts over 300 characters are cut. */
    send(request: OfSession, path: string, notice: string | OneTimeNotice): string {
      const [address = '', hash] = path.split('#')
      const [pathname = ''] = address.split('?')
      const text = JSON.stringify({
        notice: cut(typeof notice === 'string' ? { text: notice } : notice),
        at: clock().getTime(),
      })
      const sealed = seal.close(text, placeOf(request, pathname))
      const mark = address.includes('?') ? '&' : '?'
      return `${address}${mark}${parameter}=${sealed}${hash === undefined ? '' : `#${hash}`}`
    },

    /** The notice for the page that this request asks for; undefined for one that is old, of another page or of another session. */
    shownTo(request: OfSession & Pick<Request, 'path' | 'query'>): OneTimeNotice | undefined {
      const sealed = request.query[parameter]
      if (typeof sealed !== 'string') return undefined
      const opened = seal.open(sealed, placeOf(request, request.path))
      if (typeof opened !== 'object') return undefined
      const { data } = sealedShape.safeParse(JSON.parse(opened.text))
      const age = data ? clock().getTime() - data.at : youngMs
      return age < youngMs && age > -clockToleranceMs ? data?.notice : undefined
    },
  }
}

function cut(notice: OneTimeNotice): OneTimeNotice {
  const short = (text: string) => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text)
  return { ...notice, text: short(notice.text), ...(notice.more && { more: short(notice.more) }) }
}

/** An address without its notice: whoever comes back to the page was told before. */
export function withoutNotice(address: string): string {
  const [path = '', query] = address.split('?')
  const rest = query?.split('&').filter(pair => !pair.startsWith(`${parameter}=`))
  return rest?.length ? `${path}?${rest.join('&')}` : path
}
