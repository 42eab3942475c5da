import { forgetRoom, listRooms, pictureOfRoom, type Remover, type StoredRoom } from '../src/processor/index.ts';
import { errorInWords } from './words.ts';

/** The parts of the page that have to do with remembered rooms. */
interface RoomsPage {
  readonly remember: HTMLElement;
  readonly list: HTMLElement;
  readonly words: HTMLElement;
}

/** Whether the room is remembered on this device, which rooms are, and a word when one was recognised. */
export class RememberedRooms {
  /** Of the remover's option. */
  memory: 'call' | 'device' = 'call';
  readonly #page: RoomsPage;

  /** @param onChange the choice has changed: it counts for the next remover */
  constructor(page: RoomsPage, onChange: () => void) {
    this.#page = page;
    page.remember.addEventListener('click', () => {
      this.memory = this.memory === 'call' ? 'device' : 'call';
      page.remember.setAttribute('aria-checked', String(this.memory === 'device'));
      this.#show('');
      onChange();
    });
    void this.show();
  }

  /** Tells when one of the rooms is recognised. */
  follow(remover: Remover): void {
    remover.addEventListener('roomrecognised', () => {
      this.#show('This room was recognised: what was seen of it before is shown behind you.');
    });
  }

  /** Lists what is stored. */
  async show(): Promise<void> {
    try {
      const rooms = await listRooms();
      this.#page.list.replaceChildren(...(await Promise.all(rooms.map((room) => this.#item(room)))));
      this.#page.list.hidden = rooms.length === 0;
    } catch (error) {
      this.#show(errorInWords(error));
    }
  }

  async #item({ id, stored, file }: StoredRoom): Promise<HTMLElement> {
    const item = document.createElement('li');
    const when = stored.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    const picture = document.createElement('canvas');
    picture.className = 'stripes';
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', `The room of ${when}`);
    try {
      picture.getContext('bitmaprenderer')?.transferFromImageBitmap(await pictureOfRoom(file));
    } catch {
      picture.setAttribute('aria-label', `A damaged room of ${when}`);
    }
    const words = document.createElement('span');
    words.textContent = when;
    const forget = document.createElement('button');
    forget.type = 'button';
    forget.textContent = 'Forget';
    forget.setAttribute('aria-label', `Forget the room of ${when}`);
    forget.addEventListener('click', async () => {
      await forgetRoom(id).catch((error) => this.#show(errorInWords(error)));
      await this.show();
      this.#page.remember.focus();
    });
    item.append(picture, words, forget);
    return item;
  }

  #show(text: string): void {
    this.#page.words.textContent = text;
  }
}
