/** Sentences one after the other; more than one are numbered, so that each is seen. */
export const listed = (sentences: readonly string[]): string =>
  sentences.length === 1 ? String(sentences[0]) : sentences.map((each, index) => `(${index + 1}) ${each}`).join(' ')
