// Lists the words with less contrast to what is behind them than 4.5 to 1.
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = (colour) => channels(colour).slice(0, 3).map((one) => one / 255)
	.map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
	.reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
const style = (element) => getComputedStyle(element);
const around = (element) => (element ? [element, ...around(element.parentElement)] : []);
const behind = (element) => around(element).map((one) => style(one).backgroundColor).find((one) => channels(one)[3] !== 0);
const contrast = (element) => {
	const [low, high] = [light(style(element).color), light(behind(element))].sort((one, other) => one - other);
	return (high + 0.05) / (low + 0.05);
};
const worded = (element) => element.matches('input, select') || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
return [...document.body.querySelectorAll('*:not(option, noscript)')]
	.filter((element) => worded(element) && element.checkVisibility() && !element.disabled)
	.filter((element) => contrast(element) < 4.5 || around(element).some((one) => style(one).opacity < 1))
	.map((element) => `${element.tagName} ${element.className} ${element.textContent}`);
