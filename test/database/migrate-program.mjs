// Brings the database whose address is given to the schema of the built release, as the API does at its start.
import { migrate } from '../../dist/database/migrate.js';
import { openDatabase } from '../../dist/database/open-database.js';

const [url = ''] = process.argv.slice(2);
const db = openDatabase(url, () => undefined);
await migrate(db);
await db.destroy();
