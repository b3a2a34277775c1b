import Bowser from 'bowser'

/** A browser as people know it, by the header in which it describes itself: "Firefox on Windows". */
export function browserName(userAgent: string): string {
  if (!userAgent) return 'Unknown browser'
  const { browser, os } = Bowser.parse(userAgent)
  return [browser.name || 'Unknown browser', os.name && `on ${os.name}`].filter(Boolean).join(' ')
}
