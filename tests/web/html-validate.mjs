export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // A phone lays some tables out as lists; without roles, some browsers then no longer call them tables.
    "no-redundant-role": "off",
    // A page is named in words: its report, its period and its source, however long that is.
    "long-title": "off",
  },
};
