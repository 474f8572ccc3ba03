// Words in the reader's language, as lib/words.py says them, which fills in the translations where a script is written.
const translations = {};

// Without values, a message keeps its holes.
const say = (message, values) => {
  const found = translations[message] ?? message;
  return values ? found.replace(/\{(\w+)\}/g, (_, name) => values[name]) : found;
};
