import { applyTheme, storedTheme } from './state/stored-theme.ts';

// runs before the page is painted
applyTheme(storedTheme());
