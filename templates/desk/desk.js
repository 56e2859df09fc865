/* The desk's page. Plain script for browsers from Chromium 86 on; all that comes from data is set as text. */
'use strict';
(() => {
  const words = {
    zh: {
      title: '职称申报工作台', skip: '跳到正文', other: 'English', home: '全部批次', where: '位置',
      failed: '没有做成：', lost: '与工作台的连接断了，正在重新连接……', back: '连接已恢复', gone: '这个批次已被删除',
      batches: '申报批次', none: '还没有批次。第一步：给这次申报起个名字，选好依据的通知。', create: '新建批次', name: '名称', name_hint: '如：2026 年矿山工程高级工程师', notice: '按哪份通知申报',
      people: '人', created: '新建于', steps: ['取工作簿', '交工作簿和扫描件', '核查、改正', '出材料、打印'],
      step1: '第一步　下载空白工作簿，用 Excel 或 WPS 填写', step1_text: '每人一行，各表的表头有说明。已经有填好的工作簿，可以直接做下一步。', blank: '下载空白工作簿',
      step2: '第二步　交工作簿和扫描件', step2_again: '再交文件（改过的工作簿、补的扫描件）', drop: '把工作簿、照片、扫描件（文件、文件夹或 .zip）拖到这里', files: '选文件', folder: '选文件夹', step2_text: '同一位置、同一名字的文件会取代先前的；其余保留。文件夹或文件名里写上申报人编号或姓名，就能自动对上人。',
      sending: (n, m) => `正在上传：第 ${n} 个，共 ${m} 个`, checking: '正在清点文件……', sent: '已全部收到，正在核查', stop: '停止',
      unreadable: '以下文件读不出，没有上传：', empty_folder: '以下文件夹是空的：', empty_file: '以下文件是空的：', nothing: '没有可以上传的文件', too_big: (mb, most) => `共 ${mb} MB，超过上限 ${most} MB；请分开，或请管理员增加空间`,
      missing: n => `有 ${n} 个文件没有收到：`, partly: '就用已收到的', retry: '重新上传',
      queued: '在排队', running: '正在做', job_files: '整理文件', job_book: '读工作簿、对扫描件', job_check: '核查', job_papers: '出材料', job_correct: '改工作簿', cancel: '取消', left: s => `约还需 ${s}`, seconds: n => n < 90 ? `${n} 秒` : `${Math.round(n / 60)} 分钟`,
      interrupted: '上次没有做完就中断了，请再做一次。', cancelled: '已取消。', died: '意外终止，请再做一次；若再次出现，请告知管理员。', again: '再做一次',
      result: '核查结果', can: '可以付印', cannot: '有错，不能付印', look: '可以付印，有提醒', all: '全部', no_data: '还没有收到工作簿：请在上面交工作簿。', book: '下载工作簿（含对上的扫描件）', marked: '下载批注过的工作簿', general: '整批的问题', from_files: '工作簿里的问题', filter: '按姓名、编号查找',
      ok: '可付印', warned: '有提醒', failed_state: '有错', errors: n => `${n} 处错误`, warnings: n => `${n} 处提醒`, fine: '没有问题',
      step4: '第四步　出材料', make: '出材料（打包）', make_again: '重新出材料（只做有变化的）', made: t => `已于 ${t} 出过`, stale: '数据在那之后又改过，请重新出材料。', zip: '下载全部材料（ZIP）', print_list: '打印顺序', print_heads: ['次序', '文件', '份数', '单双面', '纸张', '颜色', '每份张数', '内容'], one_sided: '单面', two_sided: '双面', mono: '黑白', colour: '彩色', changes: t => `要重印的（与前一次出材料相比，${t}）`, nothing_changed: '与前一次出材料相比，没有要重印的。', change_new: '新增', change_gone: '已不在批次里，原来的材料作废', pages_again: (pages, copies) => `第 ${pages} 页，${copies} 份`, all_again: copies => `全部，${copies} 份`, gone_paper: '不再需要，请抽出', room: (left, quota, files) => `本批次还可存 ${left}（共 ${quota}）；一次最多 ${files} 个文件。`, passwords: 'PDF 打开口令', passwords_text: '扫描件 PDF 设有打开口令的，请把口令写在这里，每行一个；保存后重新核查。口令只存在本批次里，不再显示。', passwords_saved: '已存有口令；再存会取代。', save: '保存', withheld: '有人有错：委托书和花名册暂不出，等都改正后再出。', package_failed: '部分材料没有出，原因见各人的问题。',
      uploads: '交过的文件', upload_n: (n, files) => `第 ${n} 次　${files} 个文件`, current: '现在用的', incomplete: '没有传完', restore: '退回到这次', refused: '没有收的文件', unmatched: n => `没有对上的扫描件（${n}）：它们不会装订`, junk: n => `略过系统文件 ${n} 个`,
      remove: '删除这个批次', remove_sure: '批次里的全部资料（工作簿、扫描件、材料）将被删除，不能恢复。确定删除？', yes: '删除', no: '不删',
      person_problems: '问题', papers: '材料', paper: '看哪份材料', shown_at: '所在单元格', field_hint: '点页面上的内容，可看它在工作簿的哪一格；点问题，可看它在页面上的位置。', drawing: '正在排版……', pages: n => `共 ${n} 页`, on_page: '在页面上看', not_here: '这一处没有印在这份材料上：改正请用问题旁的“改正”，或到工作簿里填', copy: '复制', copied: '已复制', value: '内容', new_value: '改为', value_unknown: '原来的内容见上面的问题；这里写改正后的全文。', correct: '改正', correcting: '正在改正并重新核查……', corrected: '已改正，并重新核查过', undo: (place, was, value) => `撤销改正：${place}　“${value}”→“${was}”`, lost_corrections: '以下在网页上做过的改正没有沿用：新交的工作簿里，那一处已不是改正前的内容。如仍需要，请再改：', correction: (place, was, value) => `改正　${place}　“${was}”→“${value}”`, download_person: '下载此人材料（ZIP）', documents: '已出的材料', of_pages: n => `${n} 页`, prev: '上一人', next: '下一人', system: '系统',
    },
    en: {
      title: 'Title application desk', skip: 'Skip to content', other: '中文', home: 'All batches', where: 'Place',
      failed: 'It was not done: ', lost: 'The connection to the desk is lost; connecting again…', back: 'Connected again', gone: 'This batch was deleted',
      batches: 'Batches', none: 'There is no batch yet. First: name this application round and choose its notice.', create: 'New batch', name: 'Name', name_hint: 'as: mining engineers 2026', notice: 'The notice to apply by',
      people: 'people', created: 'begun', steps: ['Get the workbook', 'Hand in workbook and scans', 'Check and mend', 'Make papers, print'],
      step1: '1  Download the blank workbook and fill it in with Excel or WPS', step1_text: 'One row a person; each head is explained. If you have one that is filled in, go on to the next step.', blank: 'Download the blank workbook',
      step2: '2  Hand in the workbook and the scans', step2_again: 'Hand in more (a corrected workbook, more scans)', drop: 'Drop workbook, photos and scans here (files, folders or a .zip)', files: 'Choose files', folder: 'Choose a folder', step2_text: 'A file in the same place with the same name replaces the earlier one; the others stay. A folder or file that bears a person’s id or name is matched by itself.',
      sending: (n, m) => `Sending ${n} of ${m}`, checking: 'Looking at the files…', sent: 'All received; checking', stop: 'Stop',
      unreadable: 'These files cannot be read and were not sent:', empty_folder: 'These folders are empty:', empty_file: 'These files are empty:', nothing: 'There is nothing to send', too_big: (mb, most) => `${mb} MB are more than the limit of ${most} MB: send less, or ask for more room`,
      missing: n => `${n} files did not arrive:`, partly: 'Use what arrived', retry: 'Send again',
      queued: 'Waiting', running: 'At work', job_files: 'sorting files', job_book: 'reading the workbook, matching scans', job_check: 'checking', job_papers: 'making papers', job_correct: 'changing the workbook', cancel: 'Cancel', left: s => `about ${s} left`, seconds: n => n < 90 ? `${n} s` : `${Math.round(n / 60)} min`,
      interrupted: 'The last job was interrupted; start it again.', cancelled: 'Cancelled.', died: 'It ended unexpectedly: try again; if it does so again, tell the administrator.', again: 'Again',
      result: 'Result of the check', can: 'can be printed', cannot: 'have errors', look: 'can be printed, with warnings', all: 'all', no_data: 'No workbook has come yet: hand it in above.', book: 'Download the workbook (with matched scans)', marked: 'Download the marked workbook', general: 'Of the whole batch', from_files: 'In the workbook', filter: 'Find by name or id',
      ok: 'ready', warned: 'warnings', failed_state: 'errors', errors: n => `${n} errors`, warnings: n => `${n} warnings`, fine: 'nothing is wrong',
      step4: '4  Make the papers', make: 'Make the papers', make_again: 'Make the papers again (only what changed)', made: t => `made at ${t}`, stale: 'The data have changed since: make them again.', zip: 'Download everything (ZIP)', print_list: 'Order of printing', print_heads: ['No.', 'File', 'Copies', 'Sides', 'Paper', 'Colour', 'Sheets each', 'What'], one_sided: 'one', two_sided: 'both', mono: 'black', colour: 'colour', changes: t => `To be printed again (against the package before, ${t})`, nothing_changed: 'Nothing is to be printed again since the package before.', change_new: 'new', change_gone: 'no more in the batch: earlier papers are void', pages_again: (pages, copies) => `pages ${pages}, ${copies} copies`, all_again: copies => `all, ${copies} copies`, gone_paper: 'no longer needed: take it out', room: (left, quota, files) => `This batch may hold ${left} more (of ${quota}), and ${files} files at once.`, passwords: 'Passwords of PDFs', passwords_text: 'Where scans have a password to open them, write it here, one a line; saving checks again. They stay in this batch and are not shown.', passwords_saved: 'Passwords are stored; saving replaces them.', save: 'Save', withheld: 'Somebody has errors: letter and roster wait until all are mended.', package_failed: 'Some papers were not made; see each person’s findings.',
      uploads: 'What was handed in', upload_n: (n, files) => `No. ${n}: ${files} files`, current: 'in use', incomplete: 'not complete', restore: 'Go back to this', refused: 'Files not taken', unmatched: n => `Scans that belong to nothing (${n}): they will not be bound`, junk: n => `${n} system files passed over`,
      remove: 'Delete this batch', remove_sure: 'All of its data (workbook, scans, papers) will be deleted for good. Delete it?', yes: 'Delete', no: 'Keep it',
      person_problems: 'Findings', papers: 'Papers', paper: 'Which paper', shown_at: 'Cell', field_hint: 'Click what is printed to see its cell in the workbook; click a finding to see its place on the page.', drawing: 'Drawing…', pages: n => `${n} pages`, on_page: 'Show on the page', not_here: 'This is not printed on this paper: correct it beside the finding, or in the workbook', copy: 'Copy', copied: 'Copied', value: 'Value', new_value: 'New text', value_unknown: 'What stands there is told above; write here all that is to stand there.', correct: 'Correct', correcting: 'Correcting and checking again…', corrected: 'Corrected and checked again', undo: (place, was, value) => `Undo: ${place} “${value}” → “${was}”`, lost_corrections: 'These corrections made here were not carried over, since the workbook handed in last holds another text there; make them again if they are needed:', correction: (place, was, value) => `Correction ${place} “${was}” → “${value}”`, download_person: 'Download this person’s papers (ZIP)', documents: 'Papers made', of_pages: n => `${n} pages`, prev: 'Previous', next: 'Next', system: 'system',
    },
  };
  const main = document.getElementById('main'), notice = document.getElementById('notice'), trail = document.getElementById('trail');
  let language = localStorage.getItem('language') || (navigator.language.startsWith('zh') ? 'zh' : 'en');
  let desk = null, leave = () => {};

  const say = (key, ...values) => {
    const w = words[language][key];
    return typeof w === 'function' ? w(...values) : w;
  };

  /* An element: attributes, on… as listeners, and children as text or elements. */
  const el = (tag, attributes = {}, ...children) => {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith('on')) e.addEventListener(name.slice(2), value);
      else if (value === true) e.setAttribute(name, '');
      else if (value !== false && value !== null && value !== undefined) e.setAttribute(name, value);
    }
    e.append(...children.flat(4).filter(c => c !== null && c !== undefined && c !== false));
    return e;
  };
  const fill = (e, ...children) => e.replaceChildren ? e.replaceChildren(...children.flat(4).filter(c => c)) : (e.textContent = '', e.append(...children.flat(4).filter(c => c)));
  const time = t => new Date(typeof t === 'number' ? t * 1000 : t).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', {dateStyle: 'medium', timeStyle: 'short'});

  const tell = (text, bad = false) => {
    notice.hidden = !text;
    notice.textContent = text || '';
    notice.classList.toggle('bad', bad);
  };

  class Refused extends Error {}
  const ask = async (method, path, body) => {
    const answer = await fetch(path, {method, headers: {'X-Shenbao': '1', 'Accept': 'application/json'}, body: body === undefined ? undefined : JSON.stringify(body)});
    const text = await answer.text();
    let value = null;
    try { value = JSON.parse(text); } catch (e) { /* a proxy's own page */ }
    if (!answer.ok) {
      const error = new Refused(value && value[language] || text.slice(0, 200) || answer.statusText);
      error.value = value;
      error.status = answer.status;
      throw error;
    }
    return value;
  };
  const trying = action => async event => {
    const button = event && event.currentTarget;
    if (button && 'disabled' in button) button.disabled = true;
    try { await action(event); tell(''); } catch (e) { tell(say('failed') + e.message, true); }
    if (button && 'disabled' in button) button.disabled = false;
  };
  const encoded = path => path.split('/').map(encodeURIComponent).join('/');
  const size = bytes => bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${Math.floor(bytes / 1e8) / 10} GB`;
  const batchPath = id => '/api/batches/' + encodeURIComponent(id);

  /* --- all batches --- */

  const batchCard = b => {
    const c = b.checked;
    return el('li', {}, el('a', {class: 'person', href: '#/' + b.id},
      el('b', {}, b.name),
      el('span', {class: 'soft'}, c ? `${c.applicants} ${say('people')}` : '', ' ', say('created'), ' ', time(b.created)),
      c ? el('span', {class: 'badge ' + (c.errors ? 'failed' : 'ok')}, c.errors ? say('errors', c.errors) : say('ok')) : ''));
  };

  const showHome = async () => {
    trail.textContent = '';
    main.classList.remove('wide');
    desk = await ask('GET', '/api/desk');
    const name = el('input', {type: 'text', id: 'name', maxlength: 60, required: true, placeholder: say('name_hint')});
    const profile = el('select', {id: 'profile'}, desk.profiles.map(p => el('option', {value: p.name}, `${p.title}${p.year ? '（' + p.year + '）' : ''}`)));
    const form = el('form', {class: 'card' + (desk.batches.length ? '' : ' next'), onsubmit: event => {
      event.preventDefault();
      trying(async () => { location.hash = '#/' + (await ask('POST', '/api/batches', {name: name.value.trim(), profile: profile.value})).id; })();
    }}, el('h2', {}, say('create')),
    desk.batches.length ? null : el('p', {}, say('none')),
    el('div', {class: 'row'},
      el('div', {class: 'grow'}, el('label', {for: 'name'}, say('name')), name),
      el('div', {class: 'grow'}, el('label', {for: 'profile'}, say('notice')), profile)),
    el('p', {}), el('button', {class: 'main'}, say('create')));
    fill(main, el('h1', {}, say('batches')),
      desk.batches.length ? el('div', {class: 'card'}, el('ul', {class: 'list'}, desk.batches.slice().reverse().map(batchCard))) : null, form);
  };

  /* --- files that are dropped or chosen --- */

  const isJunk = path => path.split('/').some(n => /^(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX)$/i.test(n) || n.startsWith('._') || n.startsWith('~$'));

  /* A folder's entries come a hundred at a time. */
  const readFolder = async (entry, path, found) => {
    const reader = entry.createReader();
    let n = 0;
    for (;;) {
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!some.length) break;
      n += some.length;
      for (const e of some) await readEntry(e, path + entry.name + '/', found);
    }
    if (!n) found.emptyFolders.push(path + entry.name);
  };
  const readEntry = async (entry, path, found) => {
    try {
      if (entry.isDirectory) await readFolder(entry, path, found);
      else found.files.push({path: path + entry.name, file: await new Promise((ok, no) => entry.file(ok, no))});
    } catch (e) {
      found.unreadable.push(path + entry.name);
    }
  };
  const fromDrop = async transfer => {
    const found = {files: [], emptyFolders: [], unreadable: []};
    const entries = [...transfer.items].map(i => i.webkitGetAsEntry && i.webkitGetAsEntry()).filter(e => e);
    for (const e of entries) await readEntry(e, '', found);
    return found;
  };
  const fromInput = input => ({files: [...input.files].map(file => ({path: file.webkitRelativePath || file.name, file})), emptyFolders: [], unreadable: []});

  /* What vanished between the drop and now, or may not be read, is named and left out. */
  const readable = async found => {
    const good = [];
    for (const f of found.files) {
      try {
        await f.file.slice(0, 1).arrayBuffer();
        good.push(f);
      } catch (e) {
        found.unreadable.push(f.path);
      }
    }
    return good;
  };

  const put = (path, file, progressed, signal) => new Promise((ok, no) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.setRequestHeader('X-Shenbao', '1');
    request.upload.onprogress = e => progressed(e.loaded);
    request.onload = () => {
      let value = null;
      try { value = JSON.parse(request.responseText); } catch (e) { /* a proxy's page */ }
      if (request.status === 200) ok();
      else no(new Refused(value && value[language] || request.responseText.slice(0, 200) || request.statusText));
    };
    request.onerror = () => no(new Error(say('lost')));
    request.onabort = () => no(new Error(say('cancelled')));
    signal.stop = () => request.abort();
    request.send(file);
  });

  const names = (title, list) => list.length ? el('div', {class: 'alert'}, el('p', {}, title), el('ul', {}, list.slice(0, 20).map(n => el('li', {}, n)), list.length > 20 ? el('li', {}, `… (${list.length})`) : null)) : null;

  /* Sends what was found; box shows how far it is. */
  const send = async (batch, found, box) => {
    const signal = {stop: () => {}, stopped: false};
    fill(box, el('p', {}, say('checking')));
    const files = (await readable(found)).filter(f => !isJunk(f.path));
    const remarks = () => [names(say('unreadable'), found.unreadable), names(say('empty_folder'), found.emptyFolders),
      names(say('empty_file'), files.filter(f => !f.file.size).map(f => f.path))];
    if (!files.length) { fill(box, el('p', {class: 'alert'}, say('nothing')), remarks()); return; }
    const total = files.reduce((sum, f) => sum + f.file.size, 0);
    const upload = (await ask('POST', batchPath(batch) + '/uploads', {files: files.map(f => ({path: f.path, size: f.file.size}))})).upload;
    const bar = el('progress', {max: Math.max(total, 1), value: 0}), line = el('p', {}, '');
    fill(box, line, bar, el('p', {}, el('button', {type: 'button', onclick: () => { signal.stopped = true; signal.stop(); }}, say('stop'))), remarks());
    const failures = [];
    let before = 0;
    for (const [i, f] of files.entries()) {
      if (signal.stopped) throw new Error(say('cancelled'));
      line.textContent = say('sending', i + 1, files.length) + '　' + f.path;
      try {
        await put(`${batchPath(batch)}/uploads/${upload}/files/${encoded(f.path)}`, f.file, n => { bar.value = before + n; }, signal);
      } catch (e) {
        if (signal.stopped) throw e;
        failures.push(`${f.path}：${e.message}`);
      }
      before += f.file.size;
      bar.value = before;
    }
    const complete = async partly => {
      try {
        await ask('POST', `${batchPath(batch)}/uploads/${upload}/complete`, {partly: partly ? 1 : 0});
        fill(box, el('p', {}, say('sent')), remarks());
      } catch (e) {
        if (!e.value || !e.value.missing) throw e;
        fill(box, names(say('missing', e.value.of - e.value.received), failures.length ? failures : e.value.missing),
          el('div', {class: 'row'},
            el('button', {type: 'button', class: 'main', onclick: trying(() => send(batch, {files, emptyFolders: [], unreadable: []}, box))}, say('retry')),
            el('button', {type: 'button', onclick: trying(() => complete(true))}, say('partly'))), remarks());
      }
    };
    await complete(false);
  };

  const dropArea = (batch, box) => {
    const take = trying(async () => { const f = area.found; area.found = null; await send(batch, f, box); });
    const chosen = event => { area.found = fromInput(event.currentTarget); take(); };
    const files = el('input', {type: 'file', multiple: true, hidden: true, onchange: chosen});
    const folder = el('input', {type: 'file', webkitdirectory: true, hidden: true, onchange: chosen});
    const area = el('div', {class: 'drop', ondragover: e => { e.preventDefault(); area.classList.add('over'); }, ondragleave: () => area.classList.remove('over'),
      ondrop: async e => { e.preventDefault(); area.classList.remove('over'); area.found = await fromDrop(e.dataTransfer); take(); }},
    el('p', {}, say('drop')),
    el('button', {type: 'button', class: 'main', onclick: () => files.click()}, say('files')), ' ',
    el('button', {type: 'button', onclick: () => folder.click()}, say('folder')), files, folder);
    return area;
  };
  ['dragover', 'drop'].forEach(kind => addEventListener(kind, e => e.preventDefault())); /* a file that misses the area must not replace the page */

  /* --- findings --- */

  /* The job that an answer names, until it is over. */
  const over = async (path, number) => {
    for (;;) {
      const now = await ask('GET', path);
      if (now.job && now.job.number >= number && now.job.state !== 'queued' && now.job.state !== 'running') return now;
      await new Promise(ok => setTimeout(ok, 500));
    }
  };
  /* Does what changes the data, and waits for it; then what shows them is drawn anew. */
  const changing = (path, action, redraw) => async event => {
    event.preventDefault();
    try {
      tell(say('correcting'));
      const now = await over(path, (await action()).job);
      if (now.job.state !== 'done') throw new Error(now.job.detail || say('died'));
      await redraw();
      tell(say('corrected'));
    } catch (e) {
      tell(say('failed') + e.message, true);
    }
  };
  /* What a field is to hold instead. was undefined: the page does not know what it holds. */
  const correctionForm = (path, seen, about, was, redraw) => {
    const long = was !== undefined && (was.length > 60 || was.includes('\n')), id = 'value' + (++formCount);
    const value = el(long ? 'textarea' : 'input', long ? {id, class: 'value', rows: 4} : {type: 'text', id, class: 'value'});
    value.value = was === undefined ? '' : was;
    return el('form', {onsubmit: changing(path, () => ask('POST', path + '/corrections', {place: about.cell, person: about.person, field: about.field, file: about.file, was, seen, value: value.value}), redraw)},
      el('label', {for: id}, (about.label || say('value')) + '　' + say('new_value')),
      was === undefined ? el('p', {class: 'small'}, say('value_unknown')) : null,
      el('div', {class: 'row'}, el('div', {class: 'grow'}, value), el('button', {class: 'main'}, say('correct'))));
  };
  let formCount = 0;
  /* Beside a finding that names a cell: the form, shown when it is asked for. */
  const correctable = (path, seen, f, person, redraw) => {
    /* A rule's finding may stand at the first cell of its row, for want of one of its own. */
    if (!f.sheet || !f.cell || f.severity === 'info' || (f.rule && (!person || !f.field || /[\])]$/.test(f.field)))) return null;
    const box = el('div', {hidden: true});
    return [el('button', {type: 'button', 'aria-expanded': 'false', onclick: e => {
      box.hidden = !box.hidden;
      e.currentTarget.setAttribute('aria-expanded', String(!box.hidden));
      if (!box.firstChild) box.append(correctionForm(path, seen, {cell: `${f.sheet}!${f.cell}`, person, field: f.field, file: f.file, label: f.label}, undefined, redraw));
      if (!box.hidden) box.querySelector('.value').focus();
    }}, say('correct')), box];
  };

  const cellOf = f => f.sheet ? `${f.sheet}!${f.cell}` : f.line ? `${f.file || ''}:${f.line}` : f.file || '';
  const finding = (f, choose, correct) => el('div', {class: 'finding ' + f.severity},
    el('div', {class: 'where'}, f.paper ? el('span', {}, f.paper) : null, f.label ? el('span', {}, f.label) : null,
      cellOf(f) ? el('span', {}, cellOf(f)) : null,
      f.rule ? el('span', {}, f.rule + (f.clause ? '（' + f.clause + '）' : '')) : null,
      choose && f.field ? el('button', {type: 'button', 'aria-label': say('on_page') + '：' + f.message, title: say('on_page'), onclick: () => choose(f)}, '↗') : null),
    el('div', {}, f.message), correct ? correct(f) : null);
  const bySeverity = list => ['error', 'warning', 'info'].flatMap(s => list.filter(f => f.severity === s));
  const count = (list, severity) => list.filter(f => f.severity === severity).length;

  /* --- a batch --- */

  const jobBox = (b, act) => {
    const j = b.job;
    if (!j || j.state === 'done') return null;
    if (j.state === 'queued' || j.state === 'running') {
      const spent = Date.now() / 1000 - j.started, left = j.done && j.of ? Math.ceil(spent / j.done * (j.of - j.done)) : 0;
      return el('div', {class: 'card next'},
        el('p', {}, j.state === 'queued' ? say('queued') : `${say('running')}：${say('job_' + j.step)}`, j.of ? `　${j.done}/${j.of}　` : '', left ? say('left', say('seconds', left)) : ''),
        el('progress', j.of ? {max: j.of, value: j.done} : {}),
        el('p', {}, el('button', {type: 'button', onclick: trying(() => ask('DELETE', `${batchPath(b.id)}/jobs/${j.number}`))}, say('cancel'))));
    }
    const text = j.state === 'interrupted' ? say('interrupted') : j.state === 'cancelled' ? say('cancelled') : say('died');
    return el('div', {class: 'card alert'}, el('p', {}, text), el('button', {type: 'button', onclick: act}, say('again')));
  };

  const showBatch = async id => {
    trail.textContent = '';
    main.classList.remove('wide');
    const boxes = {};
    for (const name of ['steps', 'job', 'refused', 'blank', 'upload', 'sending', 'room', 'people', 'package', 'uploads', 'passwords', 'remove']) boxes[name] = el('section');
    const heading = el('h1', {}, '');
    let shown = {}, report = null, taken = null, changes = null, printing = '', room = null, packedAt = 0, roomOf = null, wanted = '', search = '';
    const path = batchPath(id);

    /* A part of the page is drawn anew only when what it shows has changed. */
    const draw = (name, key, make) => {
      const k = JSON.stringify(key);
      if (shown[name] === k) return;
      shown[name] = k;
      fill(boxes[name], make());
    };
    const restore = n => trying(() => ask('POST', `${path}/uploads/${n}/restore`, {}));

    const peopleBox = b => {
      if (!report) return b.upload && !b.data && !(b.job && (b.job.state === 'running' || b.job.state === 'queued')) ? el('div', {class: 'card alert'}, say('no_data')) : null;
      const people = report.applicants || [], of = s => people.filter(a => a.status === s);
      const list = el('ul', {class: 'list'});
      const tile = (state, kind, text, n) => el('button', {type: 'button', class: 'tile ' + kind, 'aria-pressed': String(wanted === state), onclick: e => {
        wanted = wanted === state ? '' : state;
        for (const t of e.currentTarget.parentNode.children) t.setAttribute('aria-pressed', String(t === e.currentTarget && wanted !== ''));
        fillList();
      }}, el('b', {}, String(n)), text);
      const fillList = () => fill(list, people.filter(a => (!wanted || a.status === wanted) && (!search || (a.id + a.name + (a.unit || '')).includes(search))).map(a => {
        const errors = count(a.findings, 'error'), warnings = count(a.findings, 'warning');
        return el('li', {}, el('a', {class: 'person', href: `#/${id}/${encodeURIComponent(a.id)}`},
          el('b', {}, `${a.name || '？'}`, ' ', el('span', {class: 'soft small'}, a.id)),
          el('span', {class: 'soft small'}, [errors ? say('errors', errors) : '', warnings ? say('warnings', warnings) : ''].filter(t => t).join('，') || say('fine')),
          el('span', {class: 'badge ' + a.status}, a.status === 'failed' ? say('failed_state') : say(a.status))));
      }));
      fillList();
      const lost = taken && taken.lost && taken.lost.length ? el('div', {class: 'alert'}, el('p', {}, say('lost_corrections')), taken.lost.map(c => el('p', {}, say('correction', c.place, c.was || '？', c.value)))) : null;
      const unmatched = taken && taken.unmatched && taken.unmatched.length ? el('details', {class: 'alert', open: taken.unmatched.length < 20}, el('summary', {}, say('unmatched', taken.unmatched.length)), el('ul', {}, taken.unmatched.map(t => el('li', {}, t)))) : null;
      const general = bySeverity((report.findings || []).filter(f => f.severity !== 'info'));
      return el('div', {class: 'card'}, el('h2', {}, say('result')), lost, unmatched,
        el('div', {class: 'tiles'}, tile('failed', 'red', say('cannot'), of('failed').length), tile('warned', 'amber', say('look'), of('warned').length), tile('ok', 'green', say('can'), of('ok').length)),
        general.length ? el('details', {open: general.some(f => f.severity === 'error')}, el('summary', {}, `${say('general')}（${general.length}）`), general.map(f => finding(f, null, g => correctable(path, b.upload, g, g.applicant, async () => {})))) : null,
        el('p', {class: 'row noprint'}, b.data ? el('a', {class: 'button', href: path + '/book'}, say('book')) : null, el('a', {class: 'button', href: path + '/marked'}, say('marked'))),
        people.length > 8 ? el('p', {}, el('label', {for: 'filter'}, say('filter')), el('input', {type: 'text', id: 'filter', value: search, oninput: e => { search = e.currentTarget.value.trim(); fillList(); }})) : null,
        list);
    };

    const fileLink = (file, text) => el('a', {href: `${path}/out/${encoded(file)}`, target: '_blank', rel: 'noopener'}, text || file.split('/').pop());
    /* What is to be printed again, as the package says it. */
    const changesBox = b => {
      if (!changes || changes.first) return null;
      const list = changes.list || [];
      if (!list.length) return el('p', {class: 'soft'}, say('nothing_changed'));
      return el('details', {open: list.length < 20}, el('summary', {}, say('changes', time(b.changes))), el('ul', {class: 'list'}, list.map(o => el('li', {},
        el('b', {}, o.name || o.id), ' ', el('span', {class: 'soft small'}, o.id), o.change === 'new' ? '　' + say('change_new') : o.change === 'gone' ? '　' + say('change_gone') : '',
        el('ul', {}, (o.documents || []).map(d => el('li', {}, d.change === 'removed' ? [d.file.split('/').pop(), '　', say('gone_paper')] : [fileLink(d.file), '　', d.reprint === 'all' ? say('all_again', d.copies) : say('pages_again', d.reprint, d.copies)])))))));
    };
    /* print-list.txt: what goes to the printer, in its order; documents within a run are not sent alone. */
    const printBox = () => {
      const rows = (printing || '').split('\n').filter(l => l && !l.startsWith('#')).map(l => l.split('\t')).filter(c => c.length > 8 && !['document', 'separator'].includes(c[0]));
      if (!rows.length) return null;
      const seen = new Set(), once = rows.filter(c => { const k = c[1] + '\t' + c[2]; const first = !seen.has(k); seen.add(k); return first; });
      const inner = file => file.startsWith('../') ? file.slice(3) : 'print/' + file;
      return el('details', {}, el('summary', {}, say('print_list') + `（${once.length}）`), el('div', {class: 'scroll'}, el('table', {},
        el('thead', {}, el('tr', {}, say('print_heads').map(h => el('th', {scope: 'col'}, h)))),
        el('tbody', {}, once.map((c, i) => el('tr', {}, el('td', {}, String(i + 1)), el('td', {}, fileLink(inner(c[1]))), el('td', {}, c[2]), el('td', {}, say(c[3].startsWith('one') ? 'one_sided' : 'two_sided')), el('td', {}, c[4]), el('td', {}, say(c[5] === 'mono' ? 'mono' : 'colour')), el('td', {}, c[6]), el('td', {}, c[8])))))),
        el('p', {}, el('a', {class: 'button', href: path + '/out/print/print-list.txt'}, say('print_list') + '（TXT）')));
    };

    const packageBox = b => {
      if (!b.data || !b.checked) return null;
      const busy = b.job && (b.job.state === 'running' || b.job.state === 'queued');
      return el('div', {class: 'card' + (b.package ? '' : ' next')}, el('h2', {}, say('step4')),
        b.package ? el('p', {}, say('made', time(b.package.time)), b.package.time < b.data_time ? el('b', {}, '　' + say('stale')) : '') : null,
        b.package && b.package.errors ? el('p', {class: 'alert'}, say('withheld')) : null,
        el('div', {class: 'row'},
          el('button', {type: 'button', class: 'main', disabled: busy, onclick: trying(() => ask('POST', path + '/package', {}))}, b.package ? say('make_again') : say('make')),
          b.package ? el('a', {class: 'button', href: path + '/zip'}, say('zip')) : null),
        b.package ? [changesBox(b), printBox()] : null);
    };

    const uploadsBox = b => b.uploads.length ? el('details', {class: 'card'}, el('summary', {}, say('uploads')),
      el('ul', {class: 'list'}, b.uploads.map(u => el('li', {class: 'row'},
        el('span', {class: 'grow'}, u.place ? say('correction', u.place, u.was || '？', u.value) : say('upload_n', u.number, u.files), '　', el('span', {class: 'soft small'}, time(u.created))),
        u.number === b.upload ? el('b', {}, say('current')) : u.complete ? el('button', {type: 'button', onclick: restore(u.number)}, say('restore')) : el('span', {class: 'soft'}, say('incomplete'))))),
      taken && taken.junk ? el('p', {class: 'soft small'}, say('junk', taken.junk)) : null) : null;

    const refusedBox = () => taken && taken.refused && taken.refused.length ? el('details', {class: 'card alert', open: taken.refused.length < 20}, el('summary', {}, say('refused') + `（${taken.refused.length}）`), el('ul', {}, taken.refused.map(r => el('li', {}, `${r.file || ''}：${r[language]}`)))) : null;
    const passwordsBox = b => {
      const text = el('textarea', {id: 'passwords', rows: 3, autocomplete: 'off', spellcheck: 'false'});
      return el('details', {class: 'card'}, el('summary', {}, say('passwords')), el('p', {}, el('label', {for: 'passwords'}, say('passwords')), say('passwords_text'), b.passwords ? el('b', {}, ' ', say('passwords_saved')) : null), text,
        el('p', {}, el('button', {type: 'button', onclick: trying(async () => { await ask('POST', path + '/passwords', {passwords: text.value}); text.value = ''; })}, say('save'))));
    };

    const removeBox = () => {
      const sure = el('div', {class: 'alert', hidden: true}, el('p', {}, say('remove_sure')),
        el('div', {class: 'row'}, el('button', {type: 'button', class: 'danger', onclick: trying(async () => { await ask('DELETE', path); location.hash = '#/'; })}, say('yes')),
          el('button', {type: 'button', onclick: () => { sure.hidden = true; }}, say('no'))));
      return [el('button', {type: 'button', class: 'danger', onclick: () => { sure.hidden = false; sure.querySelector('button').focus(); }}, say('remove')), sure];
    };

    const stepOf = b => b.package && !(b.checked && b.checked.errors) ? 3 : b.checked ? (b.checked.errors ? 2 : 3) : b.upload ? 2 : 0;
    const show = b => {
      heading.textContent = b.name;
      document.title = `${b.name} - ${say('title')}`;
      draw('steps', [language, stepOf(b)], () => el('ol', {class: 'steps'}, say('steps').map((s, i) => el('li', {class: i < stepOf(b) ? 'done' : i === stepOf(b) || (stepOf(b) === 0 && i === 1) ? 'now' : '', 'aria-current': i === stepOf(b) ? 'step' : null}, `${i + 1} ${s}`))));
      draw('job', [language, b.job], () => jobBox(b, b.job && b.job.kind === 'package' ? trying(() => ask('POST', path + '/package', {})) : restore(b.upload)));
      draw('blank', [language, !b.upload], () => el('div', {class: 'card' + (b.upload ? '' : ' next')}, el('h2', {}, say('step1')), b.upload ? null : el('p', {}, say('step1_text')), el('a', {class: 'button', href: path + '/blank'}, say('blank'))));
      draw('upload', [language, !b.upload], () => el('div', {class: 'card' + (b.upload ? '' : ' next')}, el('h2', {}, b.upload ? say('step2_again') : say('step2')), dropArea(id, boxes.sending), el('p', {class: 'soft small'}, say('step2_text')), boxes.room, boxes.sending));
      draw('people', [language, b.checked, b.data, b.upload, b.job && b.job.state], () => peopleBox(b));
      draw('refused', [language, taken], refusedBox);
      draw('passwords', [language, b.passwords], () => passwordsBox(b));
      draw('room', [language, room], () => room ? el('p', {class: 'soft small'}, say('room', size(room.left), size(room.quota), room.files)) : null);
      draw('package', [language, b.package, b.changes, b.checked, b.data_time, b.job && b.job.state], () => packageBox(b));
      draw('uploads', [language, b.uploads, b.upload, taken], () => uploadsBox(b));
      draw('remove', [language], removeBox);
    };

    const text = async address => { const answer = await fetch(address); return answer.ok ? answer.text() : ''; };
    let checkedAt = 0, latest = 0;
    const take = async b => {
      const turn = ++latest;
      if (b.checked && b.checked.time !== checkedAt) {
        const [r, t] = await Promise.all([ask('GET', path + '/report').catch(() => null), ask('GET', path + '/taken').catch(() => null)]);
        if (turn !== latest) return; /* a newer state came meanwhile */
        report = r;
        taken = t;
        checkedAt = b.checked.time;
        shown.people = null;
      } else if (!b.checked) {
        report = null;
        checkedAt = 0;
        taken = b.taken ? await ask('GET', path + '/taken').catch(() => null) : null;
      }
      if (b.package && b.package.time !== packedAt) {
        const [c, p] = await Promise.all([b.changes ? ask('GET', path + '/changes').catch(() => null) : null, text(path + '/print').catch(() => '')]);
        if (turn !== latest) return;
        changes = c && c.changes;
        printing = p;
        packedAt = b.package.time;
        shown.package = null;
      }
      const over = !b.job || !['queued', 'running'].includes(b.job.state);
      if (over && roomOf !== JSON.stringify(b.job || null)) {
        roomOf = JSON.stringify(b.job || null);
        room = await ask('GET', path + '/room').catch(() => null);
        if (turn !== latest) return;
      }
      show(b);
    };

    await take(await ask('GET', path));
    fill(main, heading, ['steps', 'job', 'refused', 'people', 'package', 'blank', 'upload', 'uploads', 'passwords', 'remove'].map(n => boxes[n]));
    const events = new EventSource(path + '/events');
    let lost = false;
    events.onmessage = e => { if (lost) tell(''); lost = false; take(JSON.parse(e.data)); };
    events.onerror = () => { lost = true; tell(say('lost'), true); };
    events.addEventListener('gone', () => { events.close(); tell(say('gone'), true); location.hash = '#/'; });
    leave = () => events.close();
  };

  /* --- a person --- */

  const showPerson = async (id, person, paper) => {
    const path = batchPath(id);
    const [b, d, report] = await Promise.all([ask('GET', path), desk || ask('GET', '/api/desk'), ask('GET', path + '/report')]);
    desk = d;
    const people = report.applicants, at = people.findIndex(a => a.id === person), a = people[at];
    if (!a) { location.hash = '#/' + id; return; }
    const profile = desk.profiles.find(p => p.name === b.profile) || {papers: []};
    const made = b.package ? await ask('GET', path + '/package').catch(() => null) : null;
    const documents = made && (made.applicants.find(m => m.id === person) || {}).documents || [];
    document.title = `${a.name} - ${b.name}`;
    main.classList.add('wide');
    fill(trail, el('a', {href: '#/' + id}, b.name));
    const pages = el('div', {class: 'pages', 'aria-live': 'polite'}), place = el('div', {id: 'field', hidden: true});
    const choice = el('select', {id: 'paper', onchange: () => show(choice.value)}, profile.papers.map(p => el('option', {value: p.name}, p.title)));
    let turn = 0, pending = null;

    const mark = (name, test) => {
      let first = null;
      for (const f of pages.querySelectorAll('.field')) {
        const on = test(f);
        f.classList.toggle(name, on);
        if (on && !first) first = f;
      }
      return first;
    };
    const redraw = () => showPerson(id, person, choice.value);
    const showPlace = (f, focus) => {
      const cell = f.dataset.place.replace(/^[^:]*:/, ''), file = f.dataset.place.slice(0, -cell.length - 1), was = f.dataset.value;
      place.hidden = false;
      fill(place, el('dl', {class: 'pairs'}, el('dt', {}, say('shown_at')), el('dd', {}, el('b', {}, cell), ' ',
        el('button', {type: 'button', onclick: e => { navigator.clipboard && navigator.clipboard.writeText(cell); e.currentTarget.textContent = say('copied'); }}, say('copy')))),
        was !== undefined && cell.includes('!') ? correctionForm(path, b.upload, {cell, person, field: f.dataset.field, file, label: f.dataset.label}, was, redraw) : null);
      mark('chosen', o => o.dataset.place === f.dataset.place);
      const value = place.querySelector('.value');
      if (focus && value) value.focus();
    };
    const find = f => {
      pending = f;
      const first = mark('found', o => o.dataset.field === f.field || (f.sheet && o.dataset.place.endsWith(`${f.sheet}!${f.cell}`)));
      if (first) { showPlace(first); first.scrollIntoView({block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'}); tell(''); }
      else tell(say('not_here'));
    };

    /* Its own document is drawn from text by the browser's XML reader; pictures get their address. */
    const addPage = async (name, n, mine) => {
      const answer = await fetch(`${path}/people/${encodeURIComponent(person)}/${name}/${String(n).padStart(3, '0')}.svg`);
      if (!answer.ok || mine !== turn) return;
      const svg = document.importNode(new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement, true);
      for (const i of svg.querySelectorAll('image')) i.setAttribute('href', `${path}/people/${encodeURIComponent(person)}/${name}/${i.getAttribute('href')}`);
      svg.setAttribute('role', 'img');
      svg.removeAttribute('width');
      svg.removeAttribute('height');
      for (const f of svg.querySelectorAll('.field')) {
        f.setAttribute('tabindex', '0');
        f.setAttribute('role', 'button');
        f.setAttribute('aria-label', `${f.dataset.label || ''} ${f.dataset.place}`);
        const tip = document.createElementNS('http://www.w3.org/2000/svg', 'title');
        tip.textContent = `${f.dataset.label || ''}　${f.dataset.place.replace(/^[^:]*:/, '')}`;
        f.prepend(tip);
      }
      if (mine === turn) pages.append(el('div', {class: 'page'}, svg));
    };
    pages.addEventListener('click', e => { const f = e.target.closest('.field'); if (f) showPlace(f, true); });
    pages.addEventListener('keydown', e => { const f = e.target.closest('.field'); if (f && (e.key === 'Enter' || e.key === ' ')) { e.preventDefault(); showPlace(f, true); } });
    pages.addEventListener('mouseover', e => { const f = e.target.closest('.field'); mark('same', o => f && o.dataset.field === f.dataset.field); });

    const show = async name => {
      const mine = ++turn;
      choice.value = name;
      place.hidden = true;
      history.replaceState(null, '', `#/${id}/${encodeURIComponent(person)}/${name}`);
      fill(pages, el('p', {class: 'soft'}, say('drawing')));
      try {
        const {pages: n} = await ask('GET', `${path}/people/${encodeURIComponent(person)}/${name}`);
        if (mine !== turn) return;
        fill(pages, el('p', {class: 'soft small'}, say('pages', n), '　', say('field_hint')));
        for (let i = 1; i <= n && mine === turn; i++) await addPage(name, i, mine);
        if (pending && mine === turn) find(pending);
      } catch (e) {
        if (mine === turn) fill(pages, el('p', {class: 'alert'}, e.message));
      }
    };

    const choose = f => {
      const other = profile.papers.find(p => p.title === f.paper || (f.paper && p.title.includes(f.paper)));
      if (other && other.name !== choice.value) { pending = f; show(other.name); } else find(f);
    };
    const neighbour = (step, text) => people[at + step] ? el('a', {class: 'button', href: `#/${id}/${encodeURIComponent(people[at + step].id)}`}, text) : null;
    const last = b.uploads.find(u => u.number === b.upload && u.place);
    const found = bySeverity(a.findings), papers = [...new Set(found.map(f => f.paper || say('system')))];
    fill(main, el('h1', {}, a.name, ' ', el('span', {class: 'soft small'}, a.id), ' ', el('span', {class: 'badge ' + a.status}, a.status === 'failed' ? say('failed_state') : say(a.status))),
      el('div', {class: 'sides'},
        el('aside', {}, el('div', {class: 'row noprint'}, neighbour(-1, say('prev')), neighbour(1, say('next'))),
          last ? el('p', {class: 'noprint'}, el('button', {type: 'button', onclick: changing(path, () => ask('POST', `${path}/uploads/${last.base}/restore`, {}), redraw)}, say('undo', last.place, last.was === undefined ? '？' : last.was, last.value))) : null,
          el('div', {class: 'card'}, el('h2', {}, say('person_problems')), found.length ? papers.map(p => [el('h3', {}, p), found.filter(f => (f.paper || say('system')) === p).map(f => finding(f, choose, g => correctable(path, b.upload, g, person, redraw)))]) : el('p', {}, say('fine'))),
          documents.length ? el('div', {class: 'card'}, el('h2', {}, say('documents')), el('ul', {class: 'list'}, documents.map(o => el('li', {}, el('a', {href: `${path}/out/${encoded(o.file)}`, target: '_blank', rel: 'noopener'}, o.title), ' ', el('span', {class: 'soft small'}, o.pages ? say('of_pages', o.pages) : '')))),
            made && el('p', {}, el('a', {class: 'button', href: `${path}/zip/${encoded((made.applicants.find(m => m.id === person) || {}).folder || '')}`}, say('download_person')))) : null),
        el('div', {}, el('div', {class: 'noprint'}, el('label', {for: 'paper'}, say('paper')), choice), pages, place)));
    show(paper && profile.papers.some(p => p.name === paper) ? paper : (profile.papers[0] || {}).name);
    leave = () => { turn++; };
  };

  /* --- which view --- */

  const route = async () => {
    leave();
    leave = () => {};
    tell('');
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.getElementById('language').textContent = say('other');
    document.getElementById('language').lang = language === 'zh' ? 'en' : 'zh-CN';
    trail.setAttribute('aria-label', say('where'));
    for (const e of document.querySelectorAll('[data-say]')) e.textContent = say(e.dataset.say);
    document.title = say('title');
    const [, id, person, paper] = location.hash.split('/').map(decodeURIComponent);
    try {
      if (!id) await showHome();
      else if (!person) await showBatch(id);
      else await showPerson(id, person, paper);
    } catch (e) {
      tell(say('failed') + e.message, true);
      if (e.status === 404 && id) location.hash = '#/';
    }
  };
  document.getElementById('language').addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh';
    localStorage.setItem('language', language);
    route();
  });
  addEventListener('hashchange', route);
  route();
})();
