// The first half of `npm start`: the packages, and with them the pinned Node, which npm then finds as `node`.
import { installNpmPackages } from './setup/npm-packages.mjs';
import { SetupError } from './setup/progress.mjs';

try {
  await installNpmPackages();
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
