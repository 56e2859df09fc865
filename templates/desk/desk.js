/* The desk's page. Plain script for browsers from Chromium 86 on; all that comes from data is set as text. */
'use strict';
(() => {
  const words = {
    zh: {
      title: '职称申报工作台', skip: '跳到正文', other: 'English', home: '全部批次', where: '位置',
      failed: '没有做成：', lost: '与工作台的连接断了，正在重新连接……', unreachable: '连不上工作台：请看网络是否正常，或请管理员看工作台是否开着', refusal: (status, text) => `服务器没有应答这个请求（${status} ${text}），请告知管理员`,
      locked: '请用管理员给的网址（带口令的）打开一次', changed_elsewhere: '这个批次的数据刚被别人改过，本页显示的是之前的。', refresh: '刷新', close: '关闭', page_before: '前 50 项', page_after: '后 50 项', page_of: (a, b, n) => a === b ? `第 ${a} 项，共 ${n} 项` : `第 ${a} 至 ${b} 项，共 ${n} 项`, page_none: '没有符合的',
      batches: '申报批次', none: '把申报人的情况填进一张 Excel 工作簿，交到这里；这里核查有没有错，排出评审表等全部纸质材料，打印即可报送。先在下面建一个批次，再按四步做：', create: '新建批次', name: '批次名称', name_hint: '随便起，自己认得就行，如：2026 年矿山工程高级工程师', notice: '按哪份通知申报', choose: '请选择……',
      damaged: '资料已损坏', damaged_text: '这个批次的资料已损坏，打不开；其中的文件都还在，请告知管理员从备份恢复。',
      people: n => `${n} 人`, created: t => `${t} 新建`, no_check: '还没有工作簿', steps: ['取工作簿', '交工作簿和扫描件', '核查、改正', '出材料、打印'],
      step1: '第一步　下载空白工作簿，用 Excel 或 WPS 填写', step1_text: '每人一行，第一张表有填写说明。已经有填好的工作簿，可以直接做下一步。', blank: '下载空白工作簿',
      step2: '第二步　交工作簿和扫描件', step2_again: '再交文件（改过的工作簿、补的扫描件）', drop: '把工作簿、照片、扫描件（文件、文件夹或 .zip 压缩包）拖到这里，或者：', files: '选文件', folder: '选文件夹', step2_text: '再交时，同一位置、同一名字的文件会取代先前的，其余保留。文件夹或文件名里写上申报人编号或姓名，就能自动对上人。',
      sending: (n, m) => `正在上传：第 ${n} 个，共 ${m} 个`, checking: '正在清点文件……', sent: '已全部收到。', stop: '停止上传', stopped: '已停止上传，先前的数据没有变。', which_book: '这个批次里已经有工作簿。新交的这份：', instead: p => `取代先前交的“${p}”`, beside: '另外再加一份（里面是别的人）', go_on: '继续上传', still_sending: '前面的文件还在上传，请等传完再交',
      unreadable: '以下文件读不出，没有上传：', empty_folder: '以下文件夹是空的：', empty_file: '以下文件是空的：', nothing: '没有可以上传的文件',
      missing: n => `有 ${n} 个文件没有收到：`, partly: '就用已收到的', retry: '重新上传',
      queued: '在排队', running: '正在做', job_files: '整理文件', job_book: '读工作簿、对扫描件', job_check: '核查', job_papers: '出材料', job_correct: '改工作簿', cancel: '取消', left: s => `约还需 ${s}`, seconds: n => n < 90 ? `${n} 秒` : `${Math.round(n / 60)} 分钟`,
      files_done: '文件已收好。', check_done: '核查完了，结果见下。', papers_done: '材料已出好，可以下载、打印。',
      interrupted: '上次没有做完就中断了，请再做一次。', cancelled: '已取消。', died: step => `“${step}”没有做成。下面若列有没有收的文件，请照说明改好再交；否则请再做一次，仍不行请告知管理员。`, again: '再做一次',
      result: '第三步　核查结果', advice_failed: '有错的人还不能打印：点名字，看错在哪里、怎么改，可以当场改正；也可以下载批注过的工作簿，改好了再交。', advice_good: '没有错误，可以做第四步了。提醒可以看过不改；点名字可以逐页看材料。', advice_nobody: '工作簿里还没有人：请填好再交。', can: '可以打印', cannot: '有错，不能打印', look: '可以打印，有提醒', no_data: '还没有收到工作簿：请在下面交工作簿。', book: '下载现在用的工作簿', marked: '下载批注过的工作簿', general: '整批的问题', filter: '按姓名、编号、单位查找',
      ok: '可打印', warned: '有提醒', failed_state: '有错', errors: n => `${n} 处错误`, warnings: n => `${n} 处提醒`, fine: '没有问题', severity_error: '错误', severity_warning: '提醒', severity_info: '说明', clause: c => `依据通知 ${c}`,
      step4: '第四步　出材料', step4_text: '排出每个人的全部材料和花名册，可以打包下载。', make: '出材料（打包）', make_again: '重新出材料（只做有变化的）', made: t => `已于 ${t} 出过`, stale: '数据在那之后又改过，请重新出材料。', zip: '下载全部材料（ZIP）', print_list: '打印顺序', print_heads: ['次序', '文件', '单位或姓名', '份数', '单双面', '纸张', '颜色', '每份张数'], one_sided: '单面', two_sided: '双面', mono: '黑白', colour: '彩色', changes: t => `要重印的（与前一次出材料相比，${t}）`, nothing_changed: '与前一次出材料相比，没有要重印的。', change_new: '新增', change_gone: '已不在批次里，原来的材料作废', pages_again: (pages, copies) => `第 ${pages} 页，${copies} 份`, all_again: copies => `全部，${copies} 份`, gone_paper: '不再需要，请抽出', room: (left, quota, files) => `本批次还可存 ${left}（共 ${quota}）；一次最多 ${files} 个文件。`, passwords_for: '扫描件 PDF 有密码的，点这里', passwords: 'PDF 的打开密码，每行一个', passwords_text: '保存后重新核查。密码只存在本批次里，不再显示。', passwords_saved: '已存有密码；再存会取代，存空白则删去。', save: '保存', saved: '已保存', withheld: '有人有错：委托书和花名册暂不出，等都改正后再出。',
      uploads: '交过的文件和改过的内容（可以退回）', upload_n: (n, files) => `第 ${n} 次　${files} 个文件`, current: '现在用的', incomplete: '没有传完', restore: '退回到这次', restore_n: n => `退回到第 ${n} 次`, refused: '没有收的文件', unmatched: n => `没有对上的扫描件（${n}）：它们不会装订`, junk: n => `略过系统文件 ${n} 个`,
      remove: '删除这个批次', remove_sure: '批次里的全部资料（工作簿、扫描件、材料）将被删除，不能恢复。确定删除？', yes: '删除', no: '不删',
      person_problems: '问题', paper: '看哪份材料', shown_at: '在工作簿的', field_hint: '点页面上的内容，可看它在工作簿的哪一格并当场改正（用键盘：方向键移动，回车打开）。', drawing: '正在排版……', pages: n => `共 ${n} 页。`, page_n: (n, m) => `第 ${n} 页，共 ${m} 页`, on_page: '在页面上看', not_here: '这一处没有印在这份材料上：请用问题旁的“改正”，或到工作簿里改', in_workbook: '这一处不能在这里改，请到工作簿里改。', copy: '复制', copied: '已复制', value: '内容', new_value: label => `${label}　改为`, value_unknown: '原来的内容见上面的问题；这里写改正后的全文。', correct: '改正', correcting: '正在改正并重新核查……', corrected: '已改正，并重新核查过', changed: '在网页上改过', undo: (place, was, value) => `撤销改正：${place}　“${value}”→“${was}”`, lost_corrections: '以下在网页上做过的改正没有沿用：新交的工作簿里，那一处已不是改正前的内容。如仍需要，请再改：', correction: (place, was, value) => `改正　${place}　“${was}”→“${value}”`, download_person: '下载此人材料（ZIP）', documents: '已出的材料', of_pages: n => `${n} 页`, prev: '上一人', next: '下一人', system: '填写',
    },
    en: {
      title: 'Title application desk', skip: 'Skip to content', other: '中文', home: 'All batches', where: 'Place',
      failed: 'It was not done: ', lost: 'The connection to the desk is lost; connecting again…', unreachable: 'the desk cannot be reached: look whether the network works, or ask the administrator whether the desk is on', refusal: (status, text) => `the server did not answer this (${status} ${text}): tell the administrator`,
      locked: 'open the address once that the administrator gave you, with the token in it', changed_elsewhere: 'Somebody else has just changed the data of this batch; this page shows what was before.', refresh: 'Show it anew', close: 'Close', page_before: '50 before', page_after: '50 after', page_of: (a, b, n) => a === b ? `${a} of ${n}` : `${a} to ${b} of ${n}`, page_none: 'there is none',
      batches: 'Batches', none: 'Fill in an Excel workbook about the applicants and hand it in here; it is checked, and the evaluation forms and all other papers are made, ready to be printed and sent in. Begin a batch below, then go on in four steps:', create: 'New batch', name: 'Name of the batch', name_hint: 'whatever you will know it by, as: mining engineers 2026', notice: 'The notice to apply by', choose: 'choose…',
      damaged: 'damaged', damaged_text: 'This batch is damaged and cannot be opened; its files are still there: ask the administrator to restore it from a backup.',
      people: n => n === 1 ? '1 person' : `${n} people`, created: t => `begun ${t}`, no_check: 'no workbook yet', steps: ['Get the workbook', 'Hand in workbook and scans', 'Check and mend', 'Make papers, print'],
      step1: '1  Download the blank workbook and fill it in with Excel or WPS', step1_text: 'One row a person; its first sheet explains it. If you have one that is filled in, go on to the next step.', blank: 'Download the blank workbook',
      step2: '2  Hand in the workbook and the scans', step2_again: 'Hand in more (a corrected workbook, more scans)', drop: 'Drop workbook, photos and scans here (files, folders or a .zip), or:', files: 'Choose files', folder: 'Choose a folder', step2_text: 'When you hand in more, a file in the same place with the same name replaces the earlier one; the others stay. A folder or file that bears a person’s id or name is matched by itself.',
      sending: (n, m) => `Sending ${n} of ${m}`, checking: 'Looking at the files…', sent: 'All received.', stop: 'Stop sending', stopped: 'Sending was stopped; the data are as they were.', which_book: 'There is a workbook in this batch already. The one that is handed in now:', instead: p => `takes the place of “${p}”`, beside: 'is one more (with other people in it)', go_on: 'Go on', still_sending: 'the files before are still being sent: wait for them',
      unreadable: 'These files cannot be read and were not sent:', empty_folder: 'These folders are empty:', empty_file: 'These files are empty:', nothing: 'There is nothing to send',
      missing: n => n === 1 ? 'One file did not arrive:' : `${n} files did not arrive:`, partly: 'Use what arrived', retry: 'Send again',
      queued: 'Waiting', running: 'At work', job_files: 'sorting files', job_book: 'reading the workbook, matching scans', job_check: 'checking', job_papers: 'making papers', job_correct: 'changing the workbook', cancel: 'Cancel', left: s => `about ${s} left`, seconds: n => n < 90 ? `${n} s` : `${Math.round(n / 60)} min`,
      files_done: 'The files have been taken.', check_done: 'The check is done: its result is below.', papers_done: 'The papers are made: download or print them.',
      interrupted: 'The last job was interrupted; start it again.', cancelled: 'Cancelled.', died: step => `“${step}” was not done. If files are listed below that were not taken, mend them as is said there; else start it again, and if that fails, tell the administrator.`, again: 'Again',
      result: '3  Result of the check', advice_failed: 'Who has errors cannot be printed yet: click a name to see what is wrong and correct it there; or download the marked workbook, mend it and hand it in.', advice_good: 'There are no errors: go on to step 4. Warnings may be left as they are; click a name to look at the papers.', advice_nobody: 'There is nobody in the workbook yet: fill it in and hand it in.', can: 'can be printed', cannot: 'have errors, cannot be printed', look: 'can be printed, with warnings', no_data: 'No workbook has come yet: hand it in below.', book: 'Download the workbook in use', marked: 'Download the marked workbook', general: 'Of the whole batch', filter: 'Find by name, id or unit',
      ok: 'ready', warned: 'warnings', failed_state: 'errors', errors: n => n === 1 ? '1 error' : `${n} errors`, warnings: n => n === 1 ? '1 warning' : `${n} warnings`, fine: 'nothing is wrong', severity_error: 'error', severity_warning: 'warning', severity_info: 'note', clause: c => `notice ${c}`,
      step4: '4  Make the papers', step4_text: 'Everybody’s papers and the roster, to be downloaded as one archive.', make: 'Make the papers', make_again: 'Make the papers again (only what changed)', made: t => `Made ${t}`, stale: 'The data have changed since: make them again.', zip: 'Download everything (ZIP)', print_list: 'Order of printing', print_heads: ['No.', 'File', 'Unit or name', 'Copies', 'Sides', 'Paper', 'Colour', 'Sheets each'], one_sided: 'one', two_sided: 'both', mono: 'black', colour: 'colour', changes: t => `To be printed again (against the package before, ${t})`, nothing_changed: 'Nothing is to be printed again since the package before.', change_new: 'new', change_gone: 'no more in the batch: earlier papers are void', pages_again: (pages, copies) => `pages ${pages}, copies: ${copies}`, all_again: copies => `all, copies: ${copies}`, gone_paper: 'no longer needed: take it out', room: (left, quota, files) => `This batch may hold ${left} more (of ${quota}), and ${files} files at once.`, passwords_for: 'If scans in PDF have a password', passwords: 'Passwords that open PDFs, one a line', passwords_text: 'Saving checks again. They stay in this batch and are not shown.', passwords_saved: 'Passwords are stored; saving replaces them, and saving none removes them.', save: 'Save', saved: 'Saved', withheld: 'Somebody has errors: letter and roster wait until all are mended.',
      uploads: 'What was handed in and corrected (can be gone back to)', upload_n: (n, files) => `No. ${n}: ${files === 1 ? '1 file' : files + ' files'}`, current: 'in use', incomplete: 'not complete', restore: 'Go back to this', restore_n: n => `Go back to no. ${n}`, refused: 'Files not taken', unmatched: n => `Scans that belong to nothing (${n}): they will not be bound`, junk: n => `System files passed over: ${n}`,
      remove: 'Delete this batch', remove_sure: 'All of its data (workbook, scans, papers) will be deleted for good. Delete it?', yes: 'Delete', no: 'Keep it',
      person_problems: 'Findings', paper: 'Which paper', shown_at: 'In the workbook at', field_hint: 'Click what is printed to see its cell in the workbook and correct it (by keyboard: arrows move, Enter opens).', drawing: 'Drawing…', pages: n => n === 1 ? '1 page.' : `${n} pages.`, page_n: (n, m) => `Page ${n} of ${m}`, on_page: 'Show on the page', not_here: 'This is not printed on this paper: correct it beside the finding, or in the workbook', in_workbook: 'This cannot be corrected here: do it in the workbook.', copy: 'Copy', copied: 'Copied', value: 'Value', new_value: label => `${label}: new text`, value_unknown: 'What stands there is told above; write here all that is to stand there.', correct: 'Correct', correcting: 'Correcting and checking again…', corrected: 'Corrected and checked again', changed: 'corrected here', undo: (place, was, value) => `Undo: ${place} “${value}” → “${was}”`, lost_corrections: 'These corrections made here were not carried over, since the workbook handed in last holds another text there; make them again if they are needed:', correction: (place, was, value) => `Correction ${place} “${was}” → “${value}”`, download_person: 'Download this person’s papers (ZIP)', documents: 'Papers made', of_pages: n => n === 1 ? '1 page' : `${n} pages`, prev: 'Previous', next: 'Next', system: 'filling in',
    },
  };
  const main = document.getElementById('main'), notice = document.getElementById('notice'), trail = document.getElementById('trail');
  const kept = (action, otherwise) => { try { return action() || otherwise; } catch (e) { return otherwise; } }; /* a browser that keeps nothing */
  let language = kept(() => localStorage.getItem('language')) || (navigator.language.startsWith('zh') ? 'zh' : 'en');
  let desk = null, leave = () => {}, cameFrom = null;

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
    fill(e, ...children);
    return e;
  };
  const fill = (e, ...children) => {
    e.textContent = '';
    e.append(...children.flat(4).filter(c => c !== null && c !== undefined && c !== false && c !== ''));
  };
  const button = (text, onclick, attributes) => el('button', {type: 'button', onclick, ...attributes}, text);
  const time = t => new Date(typeof t === 'number' ? t * 1000 : t).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', {dateStyle: 'medium', timeStyle: 'short'});

  const tell = (text, bad = false, ...more) => {
    fill(notice, text, ...more);
    notice.classList.toggle('bad', bad);
  };

  /* What is opened stays open when the page around it is drawn anew. */
  let opened = {};
  const more = (key, attributes, summary, ...children) => {
    const {open, ...others} = attributes;
    return el('details', {...others, open: key in opened ? opened[key] : open, ontoggle: e => { opened[key] = e.currentTarget.open; }}, el('summary', {}, summary), ...children);
  };

  /* Drawn anew, and the keyboard stays where it was: on the same thing, else on the heading. */
  const nameOf = e => e.id || e.getAttribute('aria-label') || e.textContent;
  const redraw = (box, ...children) => {
    const was = document.activeElement !== box && box.contains(document.activeElement) ? document.activeElement : null;
    fill(box, ...children);
    if (!was) return;
    const now = [...box.querySelectorAll(was.tagName)].find(e => nameOf(e) === nameOf(was));
    focusOn(now || box.querySelector('h2') || main.querySelector('h1'));
    if (now && now.tagName === 'INPUT' && was.type === 'text') now.setSelectionRange(was.selectionStart, was.selectionEnd);
  };
  const focusOn = e => {
    if (!e) return;
    if (/^H\d$/.test(e.tagName)) e.setAttribute('tabindex', '-1');
    e.focus();
  };

  /* As many of a list as one can take in; the others are pages of it, so that a thousand cost no more than fifty.
   * box holds the items; state.from is kept by who shows the list again. list() is asked each time. */
  const PAGE = 50;
  const paged = (box, list, item, state = {from: 0}) => {
    const where = el('span', {}), turn = by => e => { if (!isOff(e.currentTarget)) { state.from += by; show(); } };
    const back = button(say('page_before'), turn(-PAGE)), on = button(say('page_after'), turn(PAGE));
    const nav = el('div', {class: 'row pager'}, back, on, where);
    const show = () => {
      const all = list();
      state.from = Math.max(0, Math.min(state.from, Math.floor((all.length - 1) / PAGE) * PAGE));
      const end = Math.min(state.from + PAGE, all.length);
      redraw(box, all.slice(state.from, end).map((o, i) => item(o, state.from + i)));
      for (const [b, off] of [[back, state.from === 0], [on, end === all.length]]) b.setAttribute('aria-disabled', String(off));
      where.textContent = all.length ? say('page_of', state.from + 1, end, all.length) : say('page_none');
      nav.hidden = all.length > 0 && all.length <= PAGE;
    };
    show();
    return {nav, show};
  };
  const isOff = e => e.getAttribute('aria-disabled') === 'true';
  const pagedList = (items, item) => {
    const box = el('ul', {class: 'list'});
    return [box, paged(box, () => items, item).nav];
  };

  class Refused extends Error {}
  const refusal = (status, text, otherwise) => {
    let value = null;
    try { value = JSON.parse(text); } catch (e) { /* a proxy's own page */ }
    const error = new Refused(value && value[language] || (status === 401 ? say('locked') : say('refusal', status, otherwise)));
    error.value = value;
    error.status = status;
    return error;
  };
  const ask = async (method, path, body) => {
    let answer, text;
    try {
      answer = await fetch(path, {method, headers: {'X-Shenbao': '1', 'Accept': 'application/json'}, body: body === undefined ? undefined : JSON.stringify(body)});
      text = await answer.text();
    } catch (e) {
      throw new Error(say('unreachable'));
    }
    if (!answer.ok) throw refusal(answer.status, text, answer.statusText);
    return JSON.parse(text);
  };
  /* A second click while it is being done is none; the button keeps the keyboard, so it is not disabled. */
  const trying = action => async event => {
    const from = event && event.currentTarget, by = from && from.tagName === 'FORM' ? from.querySelector('button.main') : from;
    if (event) event.preventDefault();
    if (by && isOff(by)) return;
    if (by) by.setAttribute('aria-disabled', 'true');
    try { tell(await action(event) || ''); } catch (e) { tell(say('failed') + e.message, true); }
    if (by) by.setAttribute('aria-disabled', 'false');
  };
  const encoded = path => path.split('/').map(encodeURIComponent).join('/');
  const size = bytes => bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${Math.floor(bytes / 1e8) / 10} GB`;
  const batchPath = id => '/api/batches/' + encodeURIComponent(id);
  const isBusy = b => Boolean(b.job) && ['queued', 'running'].includes(b.job.state);

  /* Each state of a batch, as it comes; a lost connection is told, and found again: by the browser, unless a proxy refused for the desk. Who has no right to it any more is told, and not asked for again: wrong tokens are counted. */
  const follow = (id, take) => {
    let events, lost = false, left = false;
    const gone = () => { events.close(); location.hash = '#/'; };
    const open = () => {
      events = new EventSource(batchPath(id) + '/events');
      events.onmessage = e => { if (lost) tell(''); lost = false; take(JSON.parse(e.data)); };
      events.onerror = () => { lost = true; tell(say('lost'), true); if (events.readyState === EventSource.CLOSED) setTimeout(again, 3000); };
      events.addEventListener('gone', gone);
    };
    const again = () => left || ask('GET', batchPath(id)).then(() => left || open(), e => left || (e.status === 404 ? gone() : e.status < 500 ? tell(e.message, true) : setTimeout(again, 3000)));
    open();
    return () => { left = true; events.close(); };
  };

  /* What the check has found is long: it is asked for once. */
  let lastReport = {};
  const reportOf = async b => {
    const key = [b.id, b.checked.time, b.upload, b.job && b.job.number].join(' ');
    if (lastReport.key !== key) lastReport = {key, report: await ask('GET', batchPath(b.id) + '/report')};
    return lastReport.report;
  };

  /* Which people of a batch one looks at: the same when one comes back to their list. */
  const lists = {};
  const listOf = id => lists[id] || (lists[id] = {wanted: '', search: '', from: 0});
  const listed = (people, view) => people.filter(a => (!view.wanted || a.status === view.wanted) && (!view.search || (a.id + a.name + (a.unit || '')).includes(view.search)));

  /* --- all batches --- */

  const batchCard = b => {
    const c = b.checked;
    if (b.damaged) return el('li', {}, el('div', {class: 'person'}, el('b', {}, b.name), el('span', {class: 'small'}, say('damaged_text')), el('span', {class: 'badge failed'}, say('damaged'))));
    return el('li', {}, el('a', {class: 'person', href: '#/' + b.id},
      el('b', {}, b.name),
      el('span', {class: 'soft small'}, c ? `${say('people', c.applicants)}　` : '', say('created', time(b.created))),
      c ? el('span', {class: 'badge ' + (c.errors ? 'failed' : 'ok')}, c.errors ? say('errors', c.errors) : say('ok')) : el('span', {class: 'badge'}, say('no_check'))));
  };

  /* Each show… draws a view when it is still the one that is wanted: current() says so. It answers what is to have the keyboard. */
  const showHome = async current => {
    desk = await ask('GET', '/api/desk');
    if (!current()) return null;
    trail.textContent = '';
    main.classList.remove('wide');
    const name = el('input', {type: 'text', id: 'name', maxlength: 60, required: true, autocomplete: 'off', 'aria-describedby': 'name-hint'});
    const profile = el('select', {id: 'profile', required: true}, desk.profiles.length > 1 ? el('option', {value: ''}, say('choose')) : null, desk.profiles.map(p => el('option', {value: p.name}, `${p.title}${p.year ? '（' + p.year + '）' : ''}`)));
    const form = el('form', {class: 'card noprint' + (desk.batches.length ? '' : ' next'), onsubmit: trying(async () => {
      location.hash = '#/' + (await ask('POST', '/api/batches', {name: name.value.trim(), profile: profile.value})).id;
    })}, el('h2', {}, say('create')),
    el('div', {class: 'row top'},
      el('div', {class: 'grow'}, el('label', {for: 'name'}, say('name')), name, el('p', {class: 'soft small', id: 'name-hint'}, say('name_hint'))),
      el('div', {class: 'grow'}, el('label', {for: 'profile'}, say('notice')), profile)),
    el('button', {class: 'main'}, say('create')));
    const list = desk.batches.slice().reverse();
    fill(main, el('h1', {}, say('batches')),
      list.length ? el('div', {class: 'card'}, pagedList(list, batchCard)) : [el('p', {}, say('none')), el('ol', {class: 'steps'}, say('steps').map((s, i) => el('li', {}, `${i + 1} ${s}`)))], form);
    return null;
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
    request.onload = () => request.status === 200 ? ok() : no(refusal(request.status, request.responseText, request.statusText));
    request.onerror = () => no(new Error(say('unreachable')));
    request.onabort = () => no(new Error(say('stopped')));
    signal.stop = () => request.abort();
    request.send(file);
  });

  const names = (title, list) => list.length ? el('div', {class: 'alert'}, el('p', {}, title), el('ul', {}, list.slice(0, 20).map(n => el('li', {}, n)), list.length > 20 ? el('li', {}, `… (${list.length})`) : null)) : null;

  /* A workbook that comes beside earlier ones: who hands it in says whether it takes the place of one. Else everybody would be there twice. */
  const asked = async (batch, files, box) => {
    const taken = await ask('GET', batchPath(batch) + '/taken').catch(() => null), inputs = taken && taken.inputs || [];
    const fresh = files.filter(f => /\.(xlsx|xml)$/i.test(f.path) && !inputs.includes(f.path));
    if (!inputs.length || !fresh.length) return true;
    const last = path => path.split('/').pop();
    return new Promise(ok => {
      const choices = fresh.map((f, i) => {
        const same = inputs.findIndex(p => last(p) === last(f.path));
        const choice = el('select', {id: 'instead' + i}, inputs.map((p, n) => el('option', {value: String(n)}, say('instead', p))), el('option', {value: ''}, say('beside')));
        choice.value = same >= 0 ? String(same) : inputs.length === 1 && fresh.length === 1 ? '0' : '';
        return choice;
      });
      redraw(box, el('form', {class: 'card next', onsubmit: e => {
        e.preventDefault();
        choices.forEach((c, i) => { if (c.value !== '') fresh[i].path = inputs[Number(c.value)]; });
        ok(true);
      }}, el('p', {}, say('which_book')), choices.map((c, i) => [el('label', {for: c.id}, fresh[i].path), c]),
      el('p', {class: 'row'}, el('button', {class: 'main'}, say('go_on')), button(say('stop'), () => ok(false)))));
      choices[0].focus();
    });
  };

  /* Sends what was found; box shows how far it is. */
  const send = async (batch, found, box) => {
    const signal = {stop: () => {}, stopped: false};
    fill(box, el('p', {}, say('checking')));
    const files = (await readable(found)).filter(f => !isJunk(f.path));
    const remarks = () => [names(say('unreadable'), found.unreadable), names(say('empty_folder'), found.emptyFolders),
      names(say('empty_file'), files.filter(f => !f.file.size).map(f => f.path))];
    if (!files.length) { fill(box, el('p', {class: 'alert'}, say('nothing')), remarks()); return; }
    const total = files.reduce((sum, f) => sum + f.file.size, 0);
    if (!await asked(batch, files, box)) { redraw(box, el('p', {}, say('stopped'))); return; }
    fill(box, remarks());
    const upload = (await ask('POST', batchPath(batch) + '/uploads', {files: files.map(f => ({path: f.path, size: f.file.size}))})).upload;
    const bar = el('progress', {max: Math.max(total, 1), value: 0, 'aria-label': say('sending', '', files.length)}), line = el('p', {}, '');
    fill(box, line, bar, el('p', {}, button(say('stop'), () => { signal.stopped = true; signal.stop(); })), remarks());
    const failures = [];
    let before = 0;
    for (const [i, f] of files.entries()) {
      line.textContent = say('sending', i + 1, files.length) + '　' + f.path;
      try {
        if (!signal.stopped) await put(`${batchPath(batch)}/uploads/${upload}/files/${encoded(f.path)}`, f.file, n => { bar.value = before + n; }, signal);
      } catch (e) {
        if (!signal.stopped) failures.push(`${f.path}：${e.message}`);
      }
      if (signal.stopped) { redraw(box, el('p', {}, say('stopped')), remarks()); return; }
      before += f.file.size;
      bar.value = before;
    }
    const complete = async partly => {
      try {
        await ask('POST', `${batchPath(batch)}/uploads/${upload}/complete`, {partly: partly ? 1 : 0});
        redraw(box, el('p', {}, say('sent')), remarks());
      } catch (e) {
        if (!e.value || !e.value.missing) throw e;
        redraw(box, names(say('missing', e.value.of - e.value.received), failures.length ? failures : e.value.missing),
          el('div', {class: 'row'},
            button(say('retry'), trying(() => send(batch, {files, emptyFolders: [], unreadable: []}, box)), {class: 'main'}),
            button(say('partly'), trying(() => complete(true)))), remarks());
      }
    };
    await complete(false);
  };

  let sending = false;
  addEventListener('beforeunload', e => { if (sending) { e.preventDefault(); e.returnValue = ''; } });
  const dropArea = (batch, box) => {
    const take = found => trying(async () => {
      if (sending) throw new Error(say('still_sending'));
      sending = true;
      try { await send(batch, await found, box); } catch (e) { fill(box); throw e; } finally { sending = false; }
    })();
    const chosen = event => {
      const found = fromInput(event.currentTarget);
      event.currentTarget.value = ''; /* the same file, corrected, may be chosen again */
      take(found);
    };
    const files = el('input', {type: 'file', multiple: true, hidden: true, onchange: chosen});
    const folder = el('input', {type: 'file', webkitdirectory: true, hidden: true, onchange: chosen});
    const area = el('div', {class: 'drop', ondragover: e => { e.preventDefault(); area.classList.add('over'); }, ondragleave: () => area.classList.remove('over'),
      ondrop: e => { e.preventDefault(); area.classList.remove('over'); take(fromDrop(e.dataTransfer)); }},
    el('p', {}, say('drop')),
    el('div', {class: 'row middle'}, button(say('files'), () => files.click(), {class: 'main'}), button(say('folder'), () => folder.click())), files, folder);
    return area;
  };
  ['dragover', 'drop'].forEach(kind => addEventListener(kind, e => e.preventDefault())); /* a file that misses the area must not replace the page */

  /* --- findings --- */

  /* In the page's language, where it was told in both; what the input or a library says is in its own. */
  const told = f => f[language] || f.message;

  /* The job that an answer names, until it is over. */
  const over = async (path, number) => {
    for (;;) {
      const now = await ask('GET', path);
      if (now.job && now.job.number >= number && !isBusy(now)) return now;
      await new Promise(ok => setTimeout(ok, 500));
    }
  };
  const reasonOf = job => job.reason ? job.reason[language] : say('died', say('job_' + (job.detail === 'died' ? job.step : job.detail || job.step)));
  /* Does what changes the data, and waits for it; then what shows them is drawn anew, and the keyboard put back. */
  const changing = (path, action, again) => trying(async () => {
    tell(say('correcting'));
    ownChanges++;
    let now;
    try {
      now = await over(path, (await action()).job);
      await again();
    } finally {
      ownChanges--;
    }
    if (now.job.state !== 'done') throw new Error(now.job.state === 'failed' ? reasonOf(now.job) : say(now.job.state));
    return say('corrected');
  });
  /* What a field is to hold instead. was undefined: the page does not know what it holds. */
  const correctionForm = (path, seen, about, was, again) => {
    const long = was !== undefined && (was.length > 60 || was.includes('\n')), id = 'value' + (++formCount);
    const value = el(long ? 'textarea' : 'input', {...(long ? {rows: 4} : {type: 'text'}), id, class: 'value', autocomplete: 'off', 'aria-describedby': was === undefined ? id + '-hint' : null});
    value.value = was === undefined ? '' : was;
    return el('form', {onsubmit: changing(path, () => ask('POST', path + '/corrections', {place: about.cell, person: about.person, field: about.field, file: about.file, was, seen, value: value.value}), again)},
      el('label', {for: id}, say('new_value', about.label || say('value'))),
      was === undefined ? el('p', {class: 'small', id: id + '-hint'}, say('value_unknown')) : null,
      el('div', {class: 'row'}, el('div', {class: 'grow'}, value), el('button', {class: 'main'}, say('correct'))));
  };
  let formCount = 0, ownChanges = 0;
  /* Beside a finding that names a cell: the form, shown when it is asked for. A rule's finding may be about a file that the cell names, or
   * about a row, and stand at its first cell for want of one of its own: then there is nothing to be typed. */
  const correctable = (path, seen, f, person, again) => {
    if (!f.sheet || !f.cell || f.severity === 'info' || (f.rule && !(person && f.own))) return [null, null];
    const box = el('div', {hidden: true});
    const opener = button(say('correct'), () => {
      box.hidden = !box.hidden;
      opener.setAttribute('aria-expanded', String(!box.hidden));
      if (!box.firstChild) box.append(correctionForm(path, seen, {cell: `${f.sheet}!${f.cell}`, person, field: f.field, file: f.file, label: f.label}, undefined, again));
      if (!box.hidden) box.querySelector('.value').focus();
    }, {'aria-expanded': 'false', 'aria-label': say('correct') + '：' + told(f)});
    return [opener, box];
  };

  const cellOf = f => f.sheet ? `${f.sheet}!${f.cell}` : f.line ? `${f.file || ''}:${f.line}` : f.file || '';
  const finding = (f, choose, correct) => {
    const [opener, box] = correct ? correct(f) : [null, null];
    return el('div', {class: 'finding ' + f.severity, title: f.rule},
      el('div', {class: 'where'}, el('b', {class: f.severity}, say('severity_' + f.severity)), f.label ? el('span', {}, f.label) : null,
        cellOf(f) ? el('span', {}, cellOf(f)) : null, f.clause ? el('span', {}, say('clause', f.clause)) : null),
      el('p', {}, told(f)),
      opener || (choose && f.field) ? el('div', {class: 'row noprint'}, opener, choose && f.field ? button(say('on_page'), () => choose(f), {'aria-label': say('on_page') + '：' + told(f)}) : null) : null,
      box);
  };
  const bySeverity = list => ['error', 'warning', 'info'].flatMap(s => list.filter(f => f.severity === s));
  const count = (list, severity) => list.filter(f => f.severity === severity).length;

  /* --- a batch --- */

  /* By what is seen to be done: the desk's clock and this one may differ. 0: it cannot be said yet. */
  let pace = {};
  const secondsLeft = (b, j) => {
    const key = [b.id, j.number, j.step].join(' '), now = performance.now() / 1000;
    if (pace.key !== key) pace = {key, since: now, from: j.done};
    return j.done > pace.from ? Math.ceil((now - pace.since) / (j.done - pace.from) * (j.of - j.done)) : 0;
  };
  const jobBox = (b, act) => {
    const j = b.job;
    if (!j || j.state === 'done') return null;
    if (isBusy(b)) {
      const left = secondsLeft(b, j);
      const text = j.state === 'queued' ? say('queued') : `${say('running')}：${say('job_' + j.step)}`;
      return el('div', {class: 'card next'},
        el('p', {}, text, j.of ? `　${j.done}/${j.of}　` : '', left ? say('left', say('seconds', left)) : ''),
        el('progress', {...(j.of ? {max: j.of, value: j.done} : {}), 'aria-label': text}),
        el('p', {}, button(say('cancel'), trying(() => ask('DELETE', `${batchPath(b.id)}/jobs/${j.number}`).then(() => '')))));
    }
    return el('div', {class: 'card alert'}, el('p', {}, j.state === 'failed' ? reasonOf(j) : say(j.state)), button(say('again'), act));
  };

  /* How many corrections made here the state in use builds on. */
  const correctionsOf = b => {
    const found = [];
    for (let n = b.upload, u; (u = b.uploads.find(o => o.number === n)) && u.place; n = u.base) found.push(u);
    return found;
  };

  const showBatch = async (current, id) => {
    const boxes = {}, view = listOf(id), path = batchPath(id);
    for (const name of ['steps', 'job', 'refused', 'blank', 'upload', 'room', 'people', 'package', 'uploads', 'passwords', 'remove']) boxes[name] = el('section');
    boxes.sending = sendings[id] || (sendings[id] = el('div', {role: 'status'}));
    const heading = el('h1', {}, '');
    let shown = {}, report = null, taken = null, changes = null, printing = '', room = null, packedAt = 0, roomOf = null, wasBusy = '';

    /* A part of the page is drawn anew only when what it shows has changed. */
    const draw = (name, key, make) => {
      const k = JSON.stringify(key);
      if (shown[name] === k) return;
      shown[name] = k;
      redraw(boxes[name], make());
    };
    const doing = (way, body = {}) => trying(async () => { await ask('POST', `${path}/${way}`, body); });
    const restore = n => doing(`uploads/${n}/restore`);

    const personRow = a => {
      const errors = count(a.findings, 'error'), warnings = count(a.findings, 'warning');
      return el('li', {}, el('a', {class: 'person', href: `#/${id}/${encodeURIComponent(a.id)}`},
        el('b', {}, `${a.name || '？'}`, ' ', el('span', {class: 'soft small'}, a.id)),
        el('span', {class: 'soft small'}, [errors ? say('errors', errors) : '', warnings ? say('warnings', warnings) : ''].filter(t => t).join('，') || say('fine')),
        el('span', {class: 'badge ' + a.status}, a.status === 'failed' ? say('failed_state') : say(a.status))));
    };
    const peopleBox = b => {
      if (!report) return b.upload && !b.data && !isBusy(b) ? el('div', {class: 'card alert'}, say('no_data')) : null;
      const people = report.applicants || [], list = el('ul', {class: 'list'}), of = s => people.filter(a => a.status === s).length;
      const pages = paged(list, () => listed(people, view), personRow, view);
      const tile = (state, kind, text) => button([el('b', {}, String(of(state))), text], e => {
        view.wanted = view.wanted === state ? '' : state;
        view.from = 0;
        for (const t of e.currentTarget.parentNode.children) t.setAttribute('aria-pressed', String(t === e.currentTarget && view.wanted !== ''));
        pages.show();
      }, {class: 'tile ' + kind, 'aria-pressed': String(view.wanted === state)});
      const lost = taken && taken.lost && taken.lost.length ? el('div', {class: 'alert'}, el('p', {}, say('lost_corrections')), pagedList(taken.lost, c => el('li', {}, say('correction', c.place, c.was || '？', c.value)))) : null;
      const unmatched = taken && taken.unmatched && taken.unmatched.length ? more('unmatched', {class: 'alert', open: taken.unmatched.length < 20}, say('unmatched', taken.unmatched.length), pagedList(taken.unmatched, t => el('li', {}, told(t)))) : null;
      const general = bySeverity((report.findings || []).filter(f => f.severity !== 'info'));
      return el('div', {class: 'card' + (of('failed') ? ' next' : '')}, el('h2', {}, say('result')), lost, unmatched,
        el('p', {}, of('failed') ? say('advice_failed') : people.length ? say('advice_good') : say('advice_nobody')),
        el('div', {class: 'tiles'}, tile('failed', 'red', say('cannot')), tile('warned', 'amber', say('look')), tile('ok', 'green', say('can'))),
        general.length ? more('general', {open: general.some(f => f.severity === 'error')}, `${say('general')}（${general.length}）`, pagedList(general, f => el('li', {}, finding(f, null, g => correctable(path, b.upload, g, g.applicant, async () => {}))))) : null,
        people.length > 8 ? el('p', {class: 'noprint'}, el('label', {for: 'filter'}, say('filter')), el('input', {type: 'text', id: 'filter', autocomplete: 'off', value: view.search, oninput: e => { view.search = e.currentTarget.value.trim(); view.from = 0; pages.show(); }})) : null,
        list, pages.nav,
        el('p', {class: 'row noprint'}, el('a', {class: 'button', href: path + '/marked'}, say('marked')), b.data ? el('a', {class: 'button', href: path + '/book'}, say('book')) : null));
    };

    const fileLink = (file, text) => el('a', {href: `${path}/out/${encoded(file)}`, target: '_blank', rel: 'noopener'}, text || file.split('/').pop());
    /* What is to be printed again, as the package says it. */
    const changesBox = b => {
      if (!changes || changes.first) return null;
      const list = changes.list || [];
      if (!list.length) return el('p', {class: 'soft'}, say('nothing_changed'));
      return more('changes', {open: list.length < 20}, say('changes', time(b.changes)), pagedList(list, o => el('li', {},
        el('b', {}, o.name || o.id), ' ', el('span', {class: 'soft small'}, o.id), o.change === 'new' ? '　' + say('change_new') : o.change === 'gone' ? '　' + say('change_gone') : '',
        el('ul', {}, (o.documents || []).map(d => el('li', {}, d.change === 'removed' ? [d.file.split('/').pop(), '　', say('gone_paper')] : [fileLink(d.file), '　', d.reprint === 'all' ? say('all_again', d.copies) : say('pages_again', d.reprint, d.copies)]))))));
    };
    /* print-list.txt: what goes to the printer, in its order; documents within a run are not sent alone. */
    const printBox = () => {
      const rows = (printing || '').split('\n').filter(l => l && !l.startsWith('#')).map(l => l.split('\t')).filter(c => c.length > 12 && !['document', 'separator'].includes(c[0]));
      if (!rows.length) return null;
      const seen = new Set(), once = rows.filter(c => { const k = c[1] + '\t' + c[2]; const first = !seen.has(k); seen.add(k); return first; });
      const inner = file => file.startsWith('../') ? file.slice(3) : 'print/' + file;
      const body = el('tbody');
      const pages = paged(body, () => once, (c, i) => el('tr', {}, [String(i + 1), fileLink(inner(c[1]), c[8]), c[12] === '-' ? c[9].replace(/^[^-]*-/, '') : c[12], c[2], say(c[3].startsWith('one') ? 'one_sided' : 'two_sided'), c[4], say(c[5] === 'mono' ? 'mono' : 'colour'), c[6]].map(t => el('td', {}, t))));
      return more('print', {}, say('print_list') + `（${once.length}）`, el('div', {class: 'scroll'}, el('table', {},
        el('thead', {}, el('tr', {}, say('print_heads').map(h => el('th', {scope: 'col'}, h)))), body)), pages.nav,
        el('p', {}, el('a', {class: 'button', href: path + '/out/print/print-list.txt'}, say('print_list') + '（TXT）')));
    };

    const packageBox = b => {
      if (!b.data || !b.checked) return null;
      return el('div', {class: 'card' + (b.package || b.checked.errors ? '' : ' next')}, el('h2', {}, say('step4')),
        b.package ? el('p', {}, say('made', time(b.package.time)), b.package.time < b.data_time ? el('b', {}, '　' + say('stale')) : '') : el('p', {}, say('step4_text')),
        b.package && b.package.errors ? el('p', {class: 'alert'}, say('withheld')) : null,
        el('div', {class: 'row'},
          button(b.package ? say('make_again') : say('make'), doing('package'), {class: 'main', 'aria-disabled': String(isBusy(b))}),
          b.package ? el('a', {class: 'button', href: path + '/zip'}, say('zip')) : null),
        b.package ? [changesBox(b), printBox()] : null);
    };

    const uploadsBox = b => b.uploads.length ? more('uploads', {class: 'card noprint'}, say('uploads'),
      el('ul', {class: 'list'}, b.uploads.map(u => el('li', {class: 'row'},
        el('span', {class: 'grow'}, u.place ? say('correction', u.place, u.was || '？', u.value) : say('upload_n', u.number, u.files), '　', el('span', {class: 'soft small'}, time(u.created))),
        u.number === b.upload ? el('b', {}, say('current')) : u.complete ? button(say('restore'), restore(u.number), {'aria-label': say('restore_n', u.number)}) : el('span', {class: 'soft'}, say('incomplete'))))),
      taken && taken.junk ? el('p', {class: 'soft small'}, say('junk', taken.junk)) : null) : null;

    const refusedBox = () => taken && taken.refused && taken.refused.length ? more('refused', {class: 'card alert', open: taken.refused.length < 20}, say('refused') + `（${taken.refused.length}）`, pagedList(taken.refused, r => el('li', {}, `${r.file || ''}：${r[language]}`))) : null;
    const passwordsBox = b => {
      const text = el('textarea', {id: 'passwords', rows: 3, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'passwords-hint'});
      return more('passwords', {class: 'card noprint'}, say('passwords_for'), el('p', {id: 'passwords-hint'}, say('passwords_text'), b.passwords ? el('b', {}, ' ', say('passwords_saved')) : null), el('label', {for: 'passwords'}, say('passwords')), text,
        el('p', {}, button(say('save'), trying(async () => { await ask('POST', path + '/passwords', {passwords: text.value}); text.value = ''; return say('saved'); }))));
    };

    const removeBox = () => {
      const opener = button(say('remove'), () => { sure.hidden = false; no.focus(); }, {class: 'danger'});
      const close = () => { sure.hidden = true; opener.focus(); };
      const no = button(say('no'), close);
      const sure = el('div', {class: 'alert', hidden: true, role: 'alertdialog', 'aria-labelledby': 'sure', onkeydown: e => { if (e.key === 'Escape') close(); }}, el('p', {id: 'sure'}, say('remove_sure')),
        el('div', {class: 'row'}, button(say('yes'), trying(async () => { await ask('DELETE', path); location.hash = '#/'; }), {class: 'danger'}), no));
      return el('div', {class: 'noprint'}, opener, sure);
    };

    const stepOf = b => b.package && !(b.checked && b.checked.errors) ? 3 : b.checked ? (b.checked.errors ? 2 : 3) : b.upload ? 2 : 0;
    const blankLink = () => el('a', {class: 'button', href: path + '/blank'}, say('blank'));
    const uploadBox = b => el('div', {class: 'card noprint' + (b.upload ? '' : ' next')}, el('h2', {}, b.upload ? say('step2_again') : say('step2')),
      dropArea(id, boxes.sending), boxes.sending, el('p', {class: 'soft small'}, say('step2_text')), boxes.room, b.upload ? blankLink() : null);
    const show = b => {
      heading.textContent = b.name;
      document.title = `${b.name} - ${say('title')}`;
      draw('steps', [language, stepOf(b)], () => el('ol', {class: 'steps'}, say('steps').map((s, i) => el('li', {class: i < stepOf(b) ? 'done' : i === stepOf(b) || (stepOf(b) === 0 && i === 1) ? 'now' : '', 'aria-current': i === stepOf(b) ? 'step' : null}, `${i < stepOf(b) ? '✓' : i + 1} ${s}`))));
      draw('job', [language, b.job], () => jobBox(b, b.job && b.job.kind === 'package' ? doing('package') : restore(b.upload)));
      draw('blank', [language, !b.upload], () => b.upload ? null : el('div', {class: 'card next noprint'}, el('h2', {}, say('step1')), el('p', {}, say('step1_text')), blankLink()));
      draw('upload', [language, !b.upload], () => uploadBox(b));
      draw('people', [language, b.checked, b.data, b.upload, isBusy(b)], () => peopleBox(b));
      draw('refused', [language, taken], refusedBox);
      draw('passwords', [language, b.passwords], () => passwordsBox(b));
      draw('room', [language, room], () => room ? el('p', {class: 'soft small'}, say('room', size(room.left), size(room.quota), room.files)) : null);
      draw('package', [language, b.package, b.changes, b.checked, b.data_time, isBusy(b)], () => packageBox(b));
      draw('uploads', [language, b.uploads, b.upload, taken], () => uploadsBox(b));
      draw('remove', [language], removeBox);
      if (wasBusy && !isBusy(b) && b.job.state === 'done') tell(say(wasBusy === 'package' ? 'papers_done' : b.checked ? 'check_done' : 'files_done'));
      wasBusy = isBusy(b) ? b.job.kind : '';
    };

    const text = async address => { const answer = await fetch(address); return answer.ok ? answer.text() : ''; };
    let checkedAt = 0, latest = 0;
    const take = async b => {
      const turn = ++latest, state = [b.checked && b.checked.time, b.upload, b.taken, isBusy(b)].join(' '); /* what was taken is told once more at the end */
      if (b.checked && state !== checkedAt) {
        const [r, t] = await Promise.all([reportOf(b).catch(() => null), ask('GET', path + '/taken').catch(() => null)]);
        if (turn !== latest) return; /* a newer state came meanwhile */
        report = r;
        taken = t;
        checkedAt = state;
        shown.people = null;
      } else if (!b.checked) {
        report = null;
        checkedAt = 0;
        taken = b.taken ? await ask('GET', path + '/taken').catch(() => null) : null;
        if (turn !== latest) return;
      }
      if (b.package && b.package.time !== packedAt) {
        const [c, p] = await Promise.all([b.changes ? ask('GET', path + '/changes').catch(() => null) : null, text(path + '/print').catch(() => '')]);
        if (turn !== latest) return;
        changes = c && c.changes;
        printing = p;
        packedAt = b.package.time;
        shown.package = null;
      }
      if (!isBusy(b) && roomOf !== JSON.stringify(b.job || null)) {
        const r = await ask('GET', path + '/room').catch(() => null);
        if (turn !== latest) return;
        room = r;
        roomOf = JSON.stringify(b.job || null);
      }
      show(b);
    };

    await take(await ask('GET', path));
    if (!current()) return null;
    fill(trail, el('a', {href: '#/'}, say('home')));
    main.classList.remove('wide');
    fill(main, heading, ['steps', 'job', 'refused', 'people', 'package', 'blank', 'upload', 'uploads', 'passwords', 'remove'].map(n => boxes[n]));
    leaveView(follow(id, take));
    /* Back from a person: where one was in the list. */
    return cameFrom && cameFrom[0] === id ? [...main.querySelectorAll('a.person')].find(a => a.hash === `#/${id}/${encodeURIComponent(cameFrom[1])}`) : null;
  };
  const sendings = {};

  /* --- a person --- */

  const showPerson = async (current, id, person, paper, focused = null) => {
    const path = batchPath(id), papersOf = path + '/people/' + encodeURIComponent(encodeURIComponent(person)); /* an id may hold a slash */
    const [b, d] = await Promise.all([ask('GET', path), desk || ask('GET', '/api/desk')]), report = await reportOf(b);
    desk = d;
    const a = report.applicants.find(o => o.id === person);
    if (!a) { location.hash = '#/' + id; return null; }
    const seen = listed(report.applicants, listOf(id)), people = seen.includes(a) ? seen : report.applicants, at = people.indexOf(a);
    const profile = desk.profiles.find(p => p.name === b.profile) || {papers: []};
    const made = b.package ? await ask('GET', path + '/package').catch(() => null) : null;
    const mine = made && made.applicants.find(m => m.id === person) || {}, documents = mine.documents || [];
    if (!current()) return null;
    document.title = `${a.name} - ${b.name}`;
    main.classList.add('wide');
    fill(trail, el('a', {href: '#/'}, say('home')), ' › ', el('a', {href: '#/' + id}, b.name));
    const pages = el('div', {class: 'pages'}), drawn = el('p', {class: 'soft small noprint', role: 'status'}), place = el('div', {id: 'field', role: 'region', 'aria-label': say('shown_at'), hidden: true});
    const choice = el('select', {id: 'paper', onchange: () => show(choice.value)}, profile.papers.map(p => el('option', {value: p.name}, p.title)));
    const changed = new Set(correctionsOf(b).map(u => u.place)), cell = f => f.dataset.place.replace(/^[^:]*:/, '');
    let turn = 0, pending = null, sheets = [], load = null, near = null;

    let marks = {}; /* of fields on pages that come later, too */
    const mark = (name, test) => {
      marks[name] = test;
      for (const f of pages.querySelectorAll('.field')) f.classList.toggle(name, test(f));
    };
    /* The first field of the kind, however far behind: pages that have not come are asked for on the way. */
    const seek = async test => {
      const mine = turn;
      for (let i = 0; i < sheets.length && mine === turn; i++) {
        await load(i);
        const f = [...sheets[i].querySelectorAll('.field')].find(test);
        if (f) return f;
      }
      return null;
    };
    const again = async () => {
      if (current()) focusOn(await showPerson(current, id, person, choice.value, place.contains(document.activeElement) ? place.dataset.place : 'problems'));
    };
    /* One stop of the Tab key for all that is printed: from field to field go the arrow keys. */
    const reach = (f, focus) => {
      for (const o of pages.querySelectorAll('.field[tabindex="0"]')) o.setAttribute('tabindex', '-1');
      f.setAttribute('tabindex', '0');
      if (focus) f.focus();
    };
    const step = (f, key) => {
      const all = [...pages.querySelectorAll('.field')], at = all.indexOf(f);
      return {ArrowRight: all[at + 1], ArrowDown: all[at + 1], ArrowLeft: all[at - 1], ArrowUp: all[at - 1], Home: all[0], End: all[all.length - 1]}[key];
    };
    const showPlace = (f, focus) => {
      const where = cell(f), file = f.dataset.place.slice(0, -where.length - 1), was = f.dataset.value;
      const copier = navigator.clipboard ? button(say('copy'), e => { const by = e.currentTarget; navigator.clipboard && navigator.clipboard.writeText(where).then(() => { by.textContent = say('copied'); }); }) : null;
      place.hidden = false;
      place.dataset.place = f.dataset.place;
      fill(place, el('div', {class: 'row'}, el('span', {class: 'grow'}, el('span', {class: 'soft'}, say('shown_at')), ' ', el('b', {}, where)), copier, button(say('close'), () => close(f))),
        was !== undefined && where.includes('!') ? correctionForm(path, b.upload, {cell: where, person, field: f.dataset.field, file, label: f.dataset.label}, was, again) : el('p', {class: 'small'}, say('in_workbook')));
      mark('chosen', o => o.dataset.place === f.dataset.place);
      reach(f, false);
      if (focus) (place.querySelector('.value') || place.querySelector('button')).focus();
    };
    const close = f => { place.hidden = true; mark('chosen', () => false); reach(f, true); };
    place.addEventListener('keydown', e => { if (e.key === 'Escape') close(pages.querySelector('.field[tabindex="0"]')); });
    const find = async f => {
      const mine = turn, test = o => o.dataset.field === f.field || (f.sheet && o.dataset.place.endsWith(`${f.sheet}!${f.cell}`));
      pending = f;
      const first = await seek(test);
      if (mine !== turn || pending !== f) return;
      mark('found', test);
      if (!first) { tell(say('not_here')); return; }
      tell('');
      showPlace(first, true);
      first.scrollIntoView({block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'});
    };

    /* Its own document is drawn from text by the browser's XML reader; pictures get their address. */
    const addPage = async (name, n, of, mine) => {
      const sheet = sheets[n - 1];
      const answer = await fetch(`${papersOf}/${name}/${String(n).padStart(3, '0')}.svg`);
      if (!answer.ok || mine !== turn) return;
      const svg = document.importNode(new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement, true);
      for (const i of svg.querySelectorAll('image')) i.setAttribute('href', `${papersOf}/${name}/${i.getAttribute('href')}`);
      svg.setAttribute('role', 'group');
      svg.setAttribute('aria-label', say('page_n', n, of));
      svg.removeAttribute('width');
      svg.removeAttribute('height');
      for (const f of svg.querySelectorAll('.field')) {
        const text = [f.dataset.label, f.dataset.value, cell(f), changed.has(cell(f)) ? say('changed') : ''].filter(t => t).join('　');
        f.setAttribute('tabindex', '-1');
        f.setAttribute('role', 'button');
        f.setAttribute('aria-label', text);
        f.classList.toggle('changed', changed.has(cell(f)));
        for (const name of Object.keys(marks)) f.classList.toggle(name, marks[name](f));
        const tip = document.createElementNS('http://www.w3.org/2000/svg', 'title');
        tip.textContent = text;
        f.prepend(tip);
      }
      if (mine !== turn) return;
      fill(sheet, svg);
      sheet.style.minHeight = '';
      const first = pages.querySelector('.field');
      if (first && !pages.querySelector('.field[tabindex="0"]')) reach(first, false);
    };
    const fieldOf = e => e.target.closest('.field');
    pages.addEventListener('click', e => { const f = fieldOf(e); if (f) showPlace(f, true); });
    /* The next page with something on it, so that there is where to go. */
    const come = async (i, by) => {
      for (; sheets[i] && !sheets[i].querySelector('.field'); i += by) await load(i);
    };
    pages.addEventListener('keydown', async e => {
      const f = fieldOf(e);
      if (!f) return;
      const at = sheets.indexOf(f.closest('.page')), open = e.key === 'Enter' || e.key === ' ';
      if (open || /^(Arrow|Home$|End$)/.test(e.key)) e.preventDefault();
      if (open) { showPlace(f, true); return; }
      await (e.key === 'End' ? come(sheets.length - 1, -1) : e.key === 'Home' ? come(0, 1) : come(...(/Left|Up/.test(e.key) ? [at - 1, -1] : [at + 1, 1])));
      const other = step(f, e.key);
      if (other) reach(other, true);
    });
    pages.addEventListener('mouseover', e => { const f = fieldOf(e); mark('same', o => f && o.dataset.field === f.dataset.field); });

    /* A volume has hundreds of pages: each is asked for when the view comes near it, and keeps its room until then. */
    const comeNear = () => {
      const height = sheets[0].getBoundingClientRect().height;
      near = new IntersectionObserver(list => list.forEach(e => { if (e.isIntersecting && !e.target.firstChild) load(sheets.indexOf(e.target)); }), {rootMargin: '100% 0px'});
      for (const s of sheets.filter(o => !o.firstChild)) {
        s.style.minHeight = `${Math.max(height, 400)}px`;
        near.observe(s);
      }
    };
    const show = async name => {
      const mine = ++turn;
      if (near) near.disconnect();
      sheets = [];
      marks = {};
      choice.value = name;
      place.hidden = true;
      history.replaceState(null, '', `#/${id}/${encodeURIComponent(person)}/${name}`);
      fill(pages);
      drawn.textContent = say('drawing');
      try {
        const {pages: n} = await ask('GET', `${papersOf}/${name}`);
        if (mine !== turn) return;
        sheets = Array.from({length: n}, () => el('div', {class: 'page'}));
        const asked = [];
        load = i => asked[i] = asked[i] || addPage(name, i + 1, n, mine).catch(() => {}).then(() => { if (!sheets[i].firstChild) asked[i] = null; }); /* asked for again when it comes near again */
        fill(pages, sheets);
        await load(0);
        if (mine !== turn) return;
        drawn.textContent = say('pages', n) + '　' + say('field_hint');
        comeNear();
        if (focused && document.activeElement === document.body) {
          const place = focused, wanted = await seek(f => f.dataset.place === place);
          if (mine !== turn) return;
          if (document.activeElement === document.body) { if (wanted) reach(wanted, true); else focusOn(problems); }
        }
        focused = null;
        if (pending) find(pending);
      } catch (e) {
        if (mine === turn) { drawn.textContent = ''; fill(pages, el('p', {class: 'alert'}, e.message)); }
      }
    };

    const choose = f => {
      const other = profile.papers.find(p => p.title === f.paper || (f.paper && p.title.includes(f.paper)));
      if (other && other.name !== choice.value) { pending = f; show(other.name); } else find(f);
    };
    const neighbour = (by, text) => people[at + by] ? el('a', {class: 'button', href: `#/${id}/${encodeURIComponent(people[at + by].id)}`}, text) : null;
    const last = correctionsOf(b)[0];
    const found = bySeverity(a.findings), papers = [...new Set(found.map(f => f.paper || say('system')))];
    const problems = el('h2', {}, say('person_problems'));
    fill(main, el('h1', {}, a.name, ' ', el('span', {class: 'soft small'}, a.id), ' ', el('span', {class: 'badge ' + a.status}, a.status === 'failed' ? say('failed_state') : say(a.status))),
      el('div', {class: 'sides'},
        el('aside', {}, el('div', {class: 'row noprint'}, neighbour(-1, say('prev')), neighbour(1, say('next')), people.length > 1 ? el('span', {class: 'soft small'}, say('page_of', at + 1, at + 1, people.length)) : null),
          last ? el('p', {class: 'noprint'}, button(say('undo', last.place, last.was === undefined ? '？' : last.was, last.value), changing(path, () => ask('POST', `${path}/uploads/${last.base}/restore`, {}), again))) : null,
          el('div', {class: 'card'}, problems, found.length ? papers.map(p => [el('h3', {}, p), found.filter(f => (f.paper || say('system')) === p).map(f => finding(f, choose, g => correctable(path, b.upload, g, person, again)))]) : el('p', {}, say('fine'))),
          documents.length ? el('div', {class: 'card noprint'}, el('h2', {}, say('documents')), el('ul', {class: 'list'}, documents.map(o => el('li', {}, el('a', {href: `${path}/out/${encoded(o.file)}`, target: '_blank', rel: 'noopener'}, o.title), ' ', el('span', {class: 'soft small'}, o.pages ? say('of_pages', o.pages) : '')))),
            el('p', {}, el('a', {class: 'button', href: `${path}/zip/${encoded(mine.folder || '')}`}, say('download_person')))) : null),
        el('div', {}, el('div', {class: 'noprint'}, el('label', {for: 'paper'}, say('paper')), choice), drawn, pages, place)));
    show(paper && profile.papers.some(p => p.name === paper) ? paper : (profile.papers[0] || {}).name);
    let known = `${b.upload} ${b.checked && b.checked.time}`;
    const unfollow = follow(id, now => {
      const state = `${now.upload} ${now.checked && now.checked.time}`;
      if (isBusy(now) || !now.checked || state === known || ownChanges) return;
      known = state; /* somebody else has changed the data: what is typed here stays until it is looked at */
      tell(say('changed_elsewhere'), false, ' ', button(say('refresh'), () => route()));
    });
    cameFrom = [id, person];
    leaveView(() => { turn++; if (near) near.disconnect(); unfollow(); });
    return focused === 'problems' ? problems : null;
  };

  /* --- which view --- */

  /* What the view before began ends when another takes its place. */
  const leaveView = next => {
    leave();
    leave = next;
  };
  let visit = 0;
  const route = async event => {
    const mine = ++visit, current = () => mine === visit;
    leaveView(() => {});
    tell('');
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.getElementById('language').textContent = say('other');
    document.getElementById('language').lang = language === 'zh' ? 'en' : 'zh-CN';
    trail.setAttribute('aria-label', say('where'));
    for (const e of document.querySelectorAll('[data-say]')) e.textContent = say(e.dataset.say);
    document.title = say('title');
    let id = '';
    try {
      const [, batch, person, paper] = location.hash.split('/').map(decodeURIComponent);
      id = batch;
      opened = {};
      const focused = !id ? await showHome(current) : !person ? await showBatch(current, id) : await showPerson(current, id, person, paper);
      if (!current()) return;
      if (event) focusOn(focused || main.querySelector('h1')); /* who came by a link goes on from here */
      if (!person) cameFrom = null;
    } catch (e) {
      if (current()) fill(main, el('h1', {}, say('title')), el('p', {class: 'alert'}, e.message), el('p', {}, el('a', {class: 'button', href: '#/'}, say('home')), ' ', button(say('refresh'), () => route())));
    }
  };
  document.getElementById('language').addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh';
    kept(() => localStorage.setItem('language', language));
    route();
  });
  addEventListener('hashchange', route);
  route();
})();
