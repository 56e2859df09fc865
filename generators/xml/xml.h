/* xml.h - libxml2 made safe for the whole process, from the first call on. */
#ifndef XML_XML_H
#define XML_XML_H

/* Nothing is ever loaded by name (no entity, DTD, schema or URL: who wants to read a file opens it
 * and parses from memory), nothing is printed, and lack of memory ends the program as everywhere
 * else instead of dropping a node. May be called any number of times. */
void xml_guard(void);

/* Where no tree is made of it, libxml2 hands out the & of an attribute as "&#38;", however it was
 * written: that is undone in place. attributes: n, of five each, as startElementNs gets them. */
void xml_undo_ampersands(const unsigned char **attributes, int n);

#endif
