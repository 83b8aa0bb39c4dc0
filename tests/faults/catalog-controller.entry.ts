/** A controller with another catalogue of images, which the `cumulet` command cannot be given. */
import pino from 'pino';
import { serve } from '../../app/serve.ts';

const [dataDir = '', imageCatalog = ''] = process.argv.slice(2);
const adminPassword = process.env.CUMULET_ADMIN_PASSWORD ?? '';
const log = pino({ level: 'silent' });
const { url } = await serve({ dataDir, listen: '127.0.0.1:0', imageCatalog, adminPassword, log });
console.log(`Cumulet runs at ${url}`);
