import withNuxt from './.nuxt/eslint.config.mjs'

export default withNuxt({
  rules: {
    '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
    'vue/multi-word-component-names': 'off',
    'no-console': ['error', { allow: ['warn', 'error'] }],
  },
}, {
  // The launcher and the command-line tools speak to the operator.
  files: ['stack/**', 'demo/**', 'media/**', 'bench/**', 'tests/**'],
  rules: { 'no-console': 'off' },
})
