type Acts = Record<string, (...given: never[]) => void>

export type Notice = ReturnType<typeof createNotice>

/** Calls its listeners after each of the given acts. */
export function createNotice() {
  const listeners: (() => void)[] = []
  return { noticed, onChange: (listener: () => void) => void listeners.push(listener) }

  function noticed<Some extends Acts>(acts: Some): Some {
    const wrap =
      (act: (...given: never[]) => void) =>
      (...given: never[]) => {
        act(...given)
        for (const listener of listeners) listener()
      }
    return Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, wrap(act)])) as Some
  }
}
