import withNuxt from './.nuxt/eslint.config.mjs'

const LINE = { code: 180, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }

export default withNuxt({
  ignores: ['shared/types/database.ts'],
}, {
  rules: {
    '@stylistic/max-len': ['error', LINE],
    '@stylistic/max-statements-per-line': ['error', { max: 2 }],
    'vue/multi-word-component-names': 'off',
    'no-console': ['error', { allow: ['warn', 'error'] }],
  },
}, {
  // A tag stays on one line while it fits there; lists of classes may be longer than a line.
  files: ['**/*.vue'],
  rules: {
    '@stylistic/max-len': 'off',
    'vue/max-len': ['error', { ...LINE, template: 200, ignoreHTMLAttributeValues: true, ignoreHTMLTextContents: true }],
    'vue/max-attributes-per-line': ['error', { singleline: 8, multiline: 1 }],
    'vue/singleline-html-element-content-newline': 'off',
    // One use of it anywhere brings two kilobytes to every phone.
    'vue/no-restricted-html-elements': ['error', { element: 'NuxtLink', message: 'Use UiLink.' }],
  },
}, {
  // The launcher and the command-line tools speak to the operator.
  files: ['stack/**', 'demo/**', 'media/**', 'metrics/**', 'bench/**', 'tests/**'],
  rules: { 'no-console': 'off' },
}, {
  // A table of cases reads best as one line a case.
  files: ['tests/**'],
  rules: { '@stylistic/max-len': 'off', '@stylistic/max-statements-per-line': 'off', '@stylistic/member-delimiter-style': 'off' },
})
