
(() => {
  'use strict';
  const page = document.documentElement;
  const panel = document.querySelector('.panel');
  const strip = document.querySelector('.strip');
  const told = document.getElementById('told');
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  page.classList.add('js');

  // What is lit: changed classes are noted, so that taking them back touches nothing else.
  let changed = [];
  let shown = null;
  let pinned = null;
  let timer = 0;
  const mark = (node, name) => {
    if (!node || node.classList.contains(name)) return;
    node.classList.add(name);
    changed.push([node, name]);
  };
  const clear = () => {
    for (const [node, name] of changed) node.classList.remove(name);
    changed = [];
    shown = null;
    clearTimeout(timer);
  };
  const sides = (number) => ['s' + number, 'a' + number].map((id) => document.getElementById(id));
  const numbers = (node, name) => (node.dataset[name] || '').split(' ').filter(Boolean);
  const words = (root, test) => {
    for (const word of root.querySelectorAll('.w')) {
      if (word.dataset.w.split(' ').some(test)) mark(word, 'lit');
    }
  };

  // Rectangles of cited paragraphs stand alone, so each answers to one number.
  const rects = new Map();
  if (strip) for (const rect of strip.querySelectorAll('.used')) rects.set('p' + rect.dataset.p, rect);

  const paragraphOf = (node) => node && node.closest('.paragraph');
  const showClaim = (claim, only, token) => {
    const key = ['claim', claim.id, only, token].join();
    if (shown === key) return;
    clear();
    shown = key;
    mark(claim, 'current');
    const test = token ? (word) => word === token : (word) => word.startsWith(claim.dataset.claim + '.');
    words(claim, test);
    for (const number of numbers(claim, 's')) {
      for (const sentence of sides(number)) {
        if (!sentence) continue;
        mark(sentence, 'lit');
        if (number === only) mark(sentence, 'strong');
        words(sentence, test);
      }
      const paragraph = paragraphOf(sides(number)[0]);
      if (paragraph) mark(rects.get(paragraph.id), 'lit');
    }
  };
  const showPair = (sentence) => {
    const number = sentence.dataset.n;
    if (shown === 'pair' + number) return;
    clear();
    shown = 'pair' + number;
    const [english, arabic] = sides(number);
    mark(english, 'lit');
    mark(arabic, 'lit');
    for (const claim of numbers(english || sentence, 'c')) mark(document.getElementById('c' + claim), 'current');
  };

  // Scrolling while the pointer is on a claim is right only where the claims stay in sight.
  const isBeside = () => getComputedStyle(panel).position === 'sticky';
  const scroll = (node, block) => {
    if (!node) return;
    const box = node.getBoundingClientRect();
    const seen = box.top >= 60 && innerHeight >= box.bottom;
    if (seen) return;
    const far = Math.abs(box.top) > 4 * innerHeight;
    node.scrollIntoView({ block: block || 'center', behavior: calm.matches || far ? 'auto' : 'smooth' });
  };
  const evidence = (claim, only) => document.getElementById('s' + (only || numbers(claim, 's')[0]));

  const meant = (target) => {
    if (!target || !target.closest) return null;
    const claim = target.closest('.claim');
    if (claim) {
      const ref = target.closest('[data-s]:not(.claim)');
      const word = target.closest('.statement .w');
      const token = word && word.dataset.w.split(' ').find((it) => it.startsWith(claim.dataset.claim + '.'));
      return { claim, only: ref ? ref.dataset.s : '', token: token || '' };
    }
    const sentence = target.closest('.s');
    return sentence && { sentence };
  };
  const show = (it) => (it.claim ? showClaim(it.claim, it.only, it.token) : showPair(it.sentence));

  // Scrolling moves the page under a pointer that rests: only a pointer that moved asks for something else.
  let at = '';
  const rests = (event) => {
    const before = at;
    at = [event.clientX, event.clientY].join();
    return event.isTrusted && at === before;
  };
  document.addEventListener('mousemove', (event) => { at = [event.clientX, event.clientY].join(); }, { passive: true });
  document.addEventListener('mouseover', (event) => {
    if (rests(event)) return;
    const it = meant(event.target);
    if (!it) {
      if (shown !== null) {
        clear();
        if (pinned) show(pinned);
      }
      return;
    }
    const before = shown;
    show(it);
    if (it.claim && shown !== before && isBeside()) {
      clearTimeout(timer);
      timer = setTimeout(() => scroll(evidence(it.claim, it.only)), 180);
    }
  });
  document.addEventListener('focusin', (event) => {
    const it = meant(event.target);
    if (!it) return;
    show(it);
    if (it.claim && isBeside()) scroll(evidence(it.claim, it.only));
  });
  document.addEventListener('focusout', (event) => {
    if (!event.relatedTarget || !meant(event.relatedTarget)) {
      clear();
      if (pinned) show(pinned);
    }
  });

  let picked = [];
  const pick = document.createElement('button');
  pick.type = 'button';
  pick.className = 'copy pick';
  pick.textContent = 'Copy citation';
  const drop = () => {
    for (const node of picked) node.classList.remove('picked');
    picked = [];
    pinned = null;
    pick.remove();
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('.copy');
    if (button) return void copy(button);
    const rect = event.target.closest('.strip rect');
    if (rect) return void lead(event);
    if (event.target.closest('summary')) return;
    const link = event.target.closest('a');
    if (link && !link.matches('.s .n')) return;
    if (!getSelection().isCollapsed) return;
    const it = meant(event.target);
    if (!it) return void drop();
    drop();
    pinned = it;
    show(it);
    if (it.claim) return void scroll(evidence(it.claim, it.only));
    picked = sides(it.sentence.dataset.n).filter(Boolean);
    for (const node of picked) node.classList.add('picked');
    const paragraph = paragraphOf(it.sentence);
    pick.dataset.copy = it.sentence.dataset.n;
    pick.dataset.paragraph = paragraph.id.slice(1);
    paragraph.querySelector('.margin').append(pick);
    scroll(picked.find((node) => node !== it.sentence), 'nearest');
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    drop();
    clear();
  });

  const textOf = (id) => {
    const node = document.querySelector('#' + id + ' .t');
    return node ? node.textContent.trim() : '';
  };
  const copy = async (button) => {
    const number = button.dataset.copy;
    const failed = document.querySelector('#s' + number + '.distrust') ? ' (its translation failed a check)' : ' (machine translation)';
    const text = '«' + textOf('a' + number) + '»\n“' + textOf('s' + number) + '”' + failed +
      '\nParagraph ' + button.dataset.paragraph + ', sentence ' + number + '; ' + document.body.dataset.citation;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page from a file may not reach the clipboard; the older way still works there.
      const field = document.createElement('textarea');
      field.value = text;
      document.body.append(field);
      field.select();
      done = document.execCommand('copy');
      field.remove();
      button.focus({ preventScroll: true });
    }
    told.textContent = done ? 'Citation copied' : 'The browser refused to copy';
    button.classList.add(done ? 'done' : 'refused');
    setTimeout(() => {
      button.classList.remove('done', 'refused');
      told.textContent = '';
    }, 1600);
  };

  // The strip: a click leads to its paragraph, and a frame shows where the reader is.
  const lead = (event) => {
    const box = strip.getBoundingClientRect();
    const rect = event.target.closest('rect[data-p]');
    const along = (event.clientX - box.left) / box.width;
    const paragraphs = document.querySelectorAll('.article > .paragraph, .article > .left-out .pair');
    const first = rect && Number(rect.dataset.p);
    const last = rect && Number(rect.dataset.last);
    const inside = rect ? (along * 1000 - Number(rect.getAttribute('x'))) / Math.max(1, Number(rect.getAttribute('width'))) : along;
    const number = rect ? Math.round(first + inside * (last - first)) : Math.ceil(along * paragraphs.length);
    const goal = document.getElementById('p' + number);
    if (goal) (goal.closest('details') || goal).scrollIntoView({ block: 'center' });
  };
  const article = document.querySelector('.article');
  const here = strip && strip.querySelector('.here');
  let waits = false;
  const follow = () => {
    waits = false;
    const box = article.getBoundingClientRect();
    if (!box.height) return;
    const part = (y) => Math.min(1, Math.max(0, (y - box.top) / box.height)) * 1000;
    here.setAttribute('x', part(0).toFixed(1));
    here.setAttribute('width', Math.max(0, part(innerHeight) - part(0)).toFixed(1));
  };
  if (here) {
    addEventListener('scroll', () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(follow);
    }, { passive: true });
    addEventListener('resize', follow, { passive: true });
    follow();
  }
})();
