// Rendered on the server: importing the package there is harmless, and it says that there is no browser.
import { checkSupport } from 'clean-plate';
import { Call } from './call.jsx';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const { tier } = await checkSupport();
  return (
    <main>
      <p id="server">on the server: {tier}</p>
      <Call />
    </main>
  );
}
