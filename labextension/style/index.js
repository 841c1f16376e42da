import './base.css';
import './ask.css';
