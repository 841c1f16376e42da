import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'lib', 'coverage', '.yarn', 'style/*.js'] },
  js.configs.recommended,
  { plugins: { jupyter } },
  jupyter.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: 'tsconfig.test.json',
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    // The views are loaded with the first dataset that is opened, and the grid with them.
    files: ['src/views/**'],
    rules: { 'jupyter/prefer-lazy-imports': 'off' }
  },
  {
    // What a plugin needs in order to stand there: the sidebar, its commands, the factory of its tabs.
    files: ['src/*/plugin.ts'],
    rules: { 'jupyter/prefer-lazy-imports': 'off' }
  },
  {
    // Tests hand functions to spies, and speak to nobody.
    files: ['src/**/__tests__/**'],
    rules: {
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/unbound-method': 'off',
      'jupyter/no-untranslated-string': 'off'
    }
  },
  {
    files: ['scripts/*.mjs'],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly' } }
  },
  prettier
);
