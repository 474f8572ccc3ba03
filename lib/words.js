// Words in the reader's language, as lib/words.py says them: from the page's table of translations, if it has one.
const translations = JSON.parse(document.getElementById("course-words")?.text ?? "{}");

// Without values, a message keeps its holes.
const say = (message, values) => {
  const found = translations[message] ?? message;
  return values ? found.replace(/\{(\w+)\}/g, (_, name) => values[name]) : found;
};
